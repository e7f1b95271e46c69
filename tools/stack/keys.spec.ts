import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databasePasswords, personalDataKeysFile } from './keys';

describe('the secrets of a stack', () => {
  let runDir: string;

  beforeEach(() => {
    runDir = mkdtempSync(join(tmpdir(), 'keys-'));
  });
  afterEach(() => {
    rmSync(runDir, { recursive: true });
  });

  it('are made once and kept, because losing them is losing the identities', () => {
    const file = personalDataKeysFile(runDir, ['360400', '430100']);
    const first = readFileSync(file, 'utf8');
    expect(personalDataKeysFile(runDir, ['360400', '430100'])).toBe(file);
    expect(readFileSync(file, 'utf8')).toBe(first);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('have a key of its own for every city, of 32 bytes', () => {
    const text = readFileSync(personalDataKeysFile(runDir, ['360400', '430100']), 'utf8');
    const key = (id: string) => ({ id });
    expect(JSON.parse(text)).toMatchObject({
      encryption: key('k1'),
      certificateHash: key('c1'),
      personNoHash: { '360400': [key('p1')], '430100': [key('p1')] },
      inputHash: key('i1'),
    });
    const keys = [...text.matchAll(/"key": "([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(new Set(keys).size).toBe(5);
    expect(keys.map((one) => Buffer.from(one, 'base64').length)).toEqual([32, 32, 32, 32, 32]);
  });

  it('give a role the same password at every start', () => {
    const first = databasePasswords(runDir, ['settlement', 'cross_check']);
    expect(databasePasswords(runDir, ['settlement', 'cross_check'])).toEqual(first);
    expect(new Set(first.values()).size).toBe(2);
  });
});
