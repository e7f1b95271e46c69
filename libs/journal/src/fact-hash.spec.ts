import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type HashedFact, GENESIS_HASH, actorOf, actorText, hashOf } from '@lib/journal';
import { draft } from '../test/drafts';

const fact: HashedFact = {
  ...draft(
    'year/p1',
    { text: '门诊慢特病' },
    { scope: 'partner:430100', key: 'k1', inputHash: 'aa01' },
  ),
  version: 1,
  previousHash: GENESIS_HASH,
};

describe('the hash of a fact', () => {
  it('can be worked out by anyone from the documented framing', () => {
    const bytes = [
      `64:${GENESIS_HASH},`,
      '7:year/p1,1:1,8:Noted.v1,7:partner,10:hub-430100,6:430100,',
      '14:partner:430100,2:k1,4:aa01,29:2026-03-02T10:15:00.250+08:00,',
      '26:{"text":"门诊慢特病"},',
    ].join('');
    expect(hashOf(fact)).toBe(createHash('sha256').update(bytes, 'utf8').digest('hex'));
  });

  it('is another one for absent than for empty fields', () => {
    const withoutCommand = {
      ...draft('year/p1', { text: '门诊慢特病' }),
      version: 1,
      previousHash: GENESIS_HASH,
    };
    const hashes = [
      hashOf(fact),
      hashOf(withoutCommand),
      hashOf({ ...fact, command: { scope: '', key: '', inputHash: '' } }),
      hashOf({ ...fact, actor: { role: 'partner', subject: 'hub-430100' } }),
      hashOf({ ...fact, actor: { role: 'partner', subject: 'hub-430100', city: '' } }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('does not let bytes wander from one field into its neighbour', () => {
    const text = fc.string({ unit: fc.constantFrom('1', ':', ',', '-', '数', '"'), maxLength: 6 });
    fc.assert(
      fc.property(fc.tuple(text, text, text), fc.tuple(text, text, text), (left, right) => {
        const made = ([stream, type, payload]: [string, string, string]) =>
          hashOf({ ...fact, stream, type, payload });
        expect(made(left) === made(right)).toBe(JSON.stringify(left) === JSON.stringify(right));
      }),
    );
  });

  it.each([
    // subject's length   payload's length
    [3_900, 10],
    [5_000, 10],
    [5, 70_000],
    [5_000, 70_000],
  ])(
    'is that of the framed bytes for a subject of %i and a payload of %i letters',
    (subject, size) => {
      const [long, text] = ['长'.repeat(subject), '数'.repeat(size)];
      const large = { ...fact, actor: { ...fact.actor, subject: long }, payload: text };
      const bytes = [
        `64:${GENESIS_HASH},7:year/p1,1:1,8:Noted.v1,7:partner,${subject * 3}:${long},6:430100,`,
        `14:partner:430100,2:k1,4:aa01,29:2026-03-02T10:15:00.250+08:00,${size * 3}:${text},`,
      ].join('');
      expect(hashOf(large)).toBe(createHash('sha256').update(bytes, 'utf8').digest('hex'));
    },
  );

  it('survives the columns: an actor is read back as it was written', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.option(fc.string(), { nil: undefined }),
        (role, subject, city) => {
          const actor = city === undefined ? { role, subject } : { role, subject, city };
          expect(actorOf(actorText(actor))).toEqual(actor);
        },
      ),
    );
    expect(() => actorOf('{}')).toThrow(TypeError);
    expect(() => actorOf('["partner"]')).toThrow(TypeError);
  });
});
