import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  agreementFromWire,
  type AgreementWire,
  canonicalText,
  packFromWire,
  type PolicyPackWire,
} from '@domain/benefit';
import {
  decideReversal,
  decideVisit,
  EMPTY_YEAR,
  evolveYear,
  type ReversalInputs,
  type SettlementReversed,
  type VisitRefused,
  type VisitSettled,
  yearToText,
} from '@domain/settlement';
import { hashOfText } from '../../apps/settlement/src/storage/documents';

const read = (...path: readonly string[]): unknown =>
  JSON.parse(readFileSync(join(__dirname, ...path), 'utf8'));
const sample = (type: string): unknown => read('facts', `${type}.json`);

/** The documents that the samples name by hash. Kept beside them, because a decision needs both for ever. */
const documents = {
  pack: read('documents', 'pack.json') as PolicyPackWire,
  agreement: read('documents', 'agreement.json') as AgreementWire,
};
const pack = packFromWire(documents.pack);
const agreement = agreementFromWire(documents.agreement);
const refOf = (kind: keyof typeof documents) => {
  const document = documents[kind];
  const { id, version } = document;
  return { id, version, hash: hashOfText(canonicalText(document)) };
};

const settled = sample('VisitSettled.v1') as VisitSettled;
const yearAfter = evolveYear(EMPTY_YEAR, { type: 'VisitSettled.v1', result: settled.result });

/** The same fields with the same values in the same order: the bytes of the stored fact. */
const expectSame = (decided: unknown, stored: unknown): void => {
  expect(JSON.stringify(decided)).toBe(JSON.stringify(stored));
};

describe('the stored facts of settlement', () => {
  it('a settled visit is decided again to what was stored, to the byte', () => {
    const { command: visit, inputs } = settled;
    const decision = decideVisit({ visit, inputs, year: EMPTY_YEAR, pack, agreement });
    expectSame(decision.result, settled.result);
  });

  it('a settled visit names the documents that decided it by the hash of their text', () => {
    expect(settled.inputs.pack).toEqual(refOf('pack'));
    expect(settled.inputs.agreement).toEqual(refOf('agreement'));
  });

  it('a settled visit is folded into the same benefit year', () => {
    expect(yearToText(yearAfter)).toBe(
      '{"accumulators":{"disease:M01600:2026":5120,"disease:M03900:2026":28320,"pool:2026":33440,"selfPay:2026":8360}}',
    );
  });

  it('a refused visit is refused again for the same reason, in the same words', () => {
    const { command: visit, inputs, result } = sample('SettlementRefused.v1') as VisitRefused;
    const decision = decideVisit({ visit, inputs, year: EMPTY_YEAR, pack, agreement });
    expect(decision.outcome).toBe('refused');
    expectSame(decision.result, result);
  });

  it('a reversal is decided again as the exact negative, and folded away', () => {
    const { command, inputs, result } = sample('SettlementReversed.v1') as SettlementReversed;
    expectSame(decideReversal({ command, inputs, year: yearAfter, settled }), result);
    const year = evolveYear(yearAfter, { type: 'SettlementReversed.v1', result });
    expect(yearToText(year)).toBe(
      '{"accumulators":{"disease:M01600:2026":5120,"pool:2026":5120,"selfPay:2026":1280}}',
    );
  });

  it('a reversal that others came after is refused again, naming them', () => {
    const { command, inputs, result } = sample('ReversalRefused.v1') as {
      readonly command: SettlementReversed['command'];
      readonly inputs: ReversalInputs;
      readonly result: object;
    };
    expectSame(decideReversal({ command, inputs, year: yearAfter, settled }), result);
  });

  it.each(['InstitutionChanged.v1', 'PractitionerChanged.v1'])(
    '%s says what the entry now is',
    (type) => {
      const { command, inputs, result } = sample(type) as VisitSettled;
      expect(inputs).toEqual({});
      expectSame(command, result);
    },
  );

  it.each([
    ['PolicyPackLoaded.v1', 'pack'],
    ['AgreementLoaded.v1', 'agreement'],
  ] as const)('%s names the document by the hash of its text', (type, kind) => {
    expectSame(sample(type), {
      command: { kind, ...refOf(kind) },
      inputs: {},
      result: refOf(kind),
    });
  });
});
