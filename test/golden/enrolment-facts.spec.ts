import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import { type Coverage, coverageToWire, PersonReplay, type RecordedPersonFact } from '@domain/enrolment';
import { factContracts } from '@lib/contracts';

const contracts = factContracts.filter(({ service }) => service === 'enrolment-query');
interface Sample {
  readonly command: { readonly kind: string };
  readonly inputs: {
    readonly decidedAt: string;
    readonly person?: { readonly stream: string; readonly version: number };
  };
  readonly result: RecordedPersonFact['result'];
}

/** A payload as the version wrote it: never generated anew, because what was stored must be read for ever. */
const sample = (type: string): Sample =>
  JSON.parse(readFileSync(join(__dirname, 'facts', `${type}.json`), 'utf8')) as Sample;

/** The stored facts of one person in the order of their versions. */
const STREAM = [
  'EnrolmentChanged.v1',
  'QualificationGranted.v1',
  'ContributionPosted.v1',
  'FilingMade.v1',
  'FilingCancelled.v1',
  'QualificationEnded.v1',
] as const;

function replayAll(look: (type: string, again: unknown, stored: unknown) => void): PersonReplay {
  const replay = new PersonReplay();
  for (const type of STREAM) {
    const { command, inputs, result } = sample(type);
    const fact = { type, command, inputs, result };
    look(type, replay.decideAgain(fact), result);
    replay.fold(fact, inputs.decidedAt);
  }
  return replay;
}

const wire = (coverage: Coverage | undefined) =>
  coverage === undefined ? undefined : coverageToWire(coverage);

describe('the first facts of enrolment', () => {
  it.each(contracts)('$type is as its schema says', ({ type, schema }) => {
    expect([...Value.Errors(schema, sample(type))]).toEqual([]);
  });

  it('are decided today as they were then', () => {
    expect.assertions(STREAM.length);
    replayAll((type, again, stored) => {
      expect([type, again]).toEqual([type, stored]);
    });
  });

  it('fold today into the coverage they folded into then', () => {
    const { coverage } = replayAll(() => undefined);
    expect(wire(coverage)).toEqual({
      personKey: '019d0000-0000-7000-8000-000000000001',
      version: 6,
      asOf: '2026-03-02T10:05:00+08:00',
      gender: 'female',
      birthDate: '1950-06-15',
      enrolments: [
        {
          insuredCity: '360700',
          insurance: 'resident',
          personType: 'resident',
          state: 'active',
          from: '2026-01-01',
          until: '2026-12-31',
          assistanceClass: 'lowIncome',
          civilServant: false,
          county: '360781',
        },
      ],
      qualifications: [
        {
          id: '019d0000-0000-7000-8000-0000000000a1',
          insuredCity: '360700',
          diseaseCode: 'M03900',
          from: '2026-01-01',
          until: '2026-03-31',
          limitFen: 400_000,
        },
      ],
      filings: [
        {
          id: '019d0000-0000-7000-8000-0000000000b1',
          insuredCity: '360700',
          careCity: '430100',
          type: 'referral',
          from: '2026-02-20',
          until: '2026-03-01',
          referringInstitutionCode: 'H36070100001',
          closed: 'cancelled',
        },
      ],
    });
  });

  it('are refused today what they were refused then', () => {
    const { command, inputs, result } = sample('EnrolmentRefused.v1');
    const replay = replayAll(() => undefined);
    expect(replay.coverage?.version).toBe(inputs.person?.version);
    expect(replay.refuseAgain({ command, inputs })).toEqual(result);
  });
});
