import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from './canonical';
import { readPersonalDataKeys } from './personal-data';

const key = (id: string, byte: number) => ({ id, key: Buffer.alloc(32, byte).toString('base64') });
const content = {
  encryption: key('e2', 1),
  formerEncryption: [key('e1', 2)],
  certificateHash: key('c1', 3),
  personNoHash: { '360700': [key('p2', 4), key('p1', 5)], '430100': [key('q1', 6)] },
  inputHash: key('i1', 7),
};

function read(given: object) {
  const file = join(mkdtempSync(join(tmpdir(), 'keys-')), 'keys.json');
  writeFileSync(file, JSON.stringify(given));
  return readPersonalDataKeys(file);
}

describe('the hash of a person number', () => {
  const { personNo } = read(content);

  it('is HMAC-SHA-256 by the newest key of the insured city', () => {
    const hash = createHmac('sha256', Buffer.alloc(32, 4)).update('36070012345').digest('hex');
    expect(personNo.hash('360700', '36070012345')).toEqual({ keyId: 'p2', hash });
  });

  it('is tried with every key during a rotation, newest first', () => {
    const candidates = personNo.candidates('360700', '36070012345');
    expect(candidates.map(({ keyId }) => keyId)).toEqual(['p2', 'p1']);
    expect(candidates[0]).toEqual(personNo.hash('360700', '36070012345'));
    expect(new Set(candidates.map(({ hash }) => hash)).size).toBe(2);
  });

  it('differs by city and does not exist for a city without a key', () => {
    expect(personNo.hash('430100', '1')?.hash).not.toBe(personNo.hash('360700', '1')?.hash);
    expect(personNo.hash('360900', '1')).toBeUndefined();
    expect(personNo.candidates('360900', '1')).toEqual([]);
  });

  it('keeps long and foreign texts apart', () => {
    const long = '人'.repeat(50_000);
    const expected = createHmac('sha256', Buffer.alloc(32, 4)).update(long).digest('hex');
    expect(personNo.hash('360700', long)?.hash).toBe(expected);
  });
});

describe('a field at rest', () => {
  const { cipher } = read(content);

  it('comes back as it was, and never looks the same twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const [one, two] = [
          cipher.encrypt(text, 'person.name'),
          cipher.encrypt(text, 'person.name'),
        ];
        expect(one).not.toBe(two);
        expect(cipher.decrypt(one, 'person.name')).toBe(text);
      }),
      { seed: 20260302 },
    );
  });

  it('is refused in another column, or with a byte altered', () => {
    const encrypted = cipher.encrypt('张三', 'person.name');
    expect(() => cipher.decrypt(encrypted, 'person.phone')).toThrow();
    const last = encrypted.endsWith('A') ? 'B' : 'A';
    expect(() =>
      cipher.decrypt(encrypted.slice(0, -2) + last + encrypted.slice(-1), 'person.name'),
    ).toThrow();
  });

  it('is still read after the key was changed', () => {
    const former = read({ ...content, encryption: key('e1', 2), formerEncryption: [] }).cipher;
    expect(cipher.decrypt(former.encrypt('李四', 'person.name'), 'person.name')).toBe('李四');
    expect(() => former.decrypt(cipher.encrypt('李四'))).toThrow(
      'encrypted by a key that is not here',
    );
  });
});

describe('the hash of a command', () => {
  const keys = read(content);

  it('does not depend on the order of fields, nor on fields without a value', () => {
    const one = keys.inputHash({ b: 1, a: { d: [1n, 'x'], c: true } });
    expect(keys.inputHash({ a: { c: true, d: [1n, 'x'], e: undefined }, b: 1 })).toBe(one);
    expect(keys.inputHash({ a: { c: true, d: ['x', 1n] }, b: 1 })).not.toBe(one);
  });
});

describe('canonical JSON', () => {
  it('says the same as JSON, with sorted keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.stringify(JSON.parse(text))).toBe(
          JSON.stringify(JSON.parse(canonicalJson(JSON.parse(text)))),
        );
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed: 20260302 },
    );
  });

  it('is one text for one meaning, whatever the order of keys', () => {
    const keys = fc.uniqueArray(fc.string(), { maxLength: 12 });
    fc.assert(
      fc.property(keys, fc.infiniteStream(fc.nat()), (names, numbers) => {
        const entries = names.map((name) => [name, numbers.next().value] as const);
        const there = canonicalJson(Object.fromEntries(entries));
        expect(canonicalJson(Object.fromEntries([...entries].reverse()))).toBe(there);
      }),
      { seed: 20260302 },
    );
  });

  it.each([
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
    [{ money: 12345678901234567890n }, '{"money":12345678901234567890}'],
    [[undefined, null, -0, 1.5], '[null,null,0,1.5]'],
    ['换行\n"引号"\ud83d\ude00', '"换行\\n\\"引号\\"\ud83d\ude00"'],
    [{}, '{}'],
    [[], '[]'],
  ])('writes %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('has no form for what JSON cannot say', () => {
    for (const value of [Number.NaN, Infinity, () => 1, Symbol('x')]) {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    }
  });
});

describe('the file of keys', () => {
  it.each<[string, object, string]>([
    ['lacks a key', { ...content, inputHash: undefined }, 'lacks a key'],
    ['holds a short key', { ...content, inputHash: { id: 'i', key: 'c2hvcnQ=' } }, '32 bytes'],
    ['names no city', { ...content, personNoHash: { changsha: [key('x', 1)] } }, 'lacks a key'],
  ])('is refused when it %s, without its content', (_what, given, sentence) => {
    expect(() => read(given)).toThrow(sentence);
    expect(() => read(given)).not.toThrow('c2hvcnQ=');
  });
});
