import { type CivilDate, civilDate, fenFromJson, fenToJson } from '@domain/kernel';
import type { Coverage, Enrolment, Filing, Qualification } from './coverage';

/** A coverage as JSON: `limitFen` an integer, everything else as it is. */
export type CoverageWire = Omit<Coverage, 'qualifications'> & {
  readonly qualifications: readonly QualificationWire[];
};

type QualificationWire = Omit<Qualification, 'limitFen'> & { readonly limitFen?: number };

/** A coverage as the read models keep it. `coverageFromWire` gives it back unchanged. */
export function coverageToWire(coverage: Coverage): CoverageWire {
  return {
    ...coverage,
    qualifications: coverage.qualifications.map(({ limitFen, ...rest }) =>
      limitFen === undefined ? rest : { ...rest, limitFen: fenToJson(limitFen) },
    ),
  };
}

/** A coverage from parsed JSON that `coverageToWire` wrote. Throws a RangeError or TypeError for anything else. */
export function coverageFromWire(json: unknown): Coverage {
  const wire = json as CoverageWire;
  return {
    ...wire,
    birthDate: civilDate(wire.birthDate),
    enrolments: wire.enrolments.map((enrolment): Enrolment => ({
      ...enrolment,
      ...period(enrolment),
    })),
    qualifications: wire.qualifications.map(({ limitFen, ...rest }): Qualification => ({
      ...rest,
      ...period(rest),
      ...(limitFen === undefined ? {} : { limitFen: fenFromJson(limitFen) }),
    })),
    filings: wire.filings.map((filing): Filing => ({ ...filing, ...period(filing) })),
  };
}

interface Period {
  readonly from: CivilDate;
  readonly until?: CivilDate;
}

const period = ({ from, until }: { from: string; until?: string }): Period =>
  until === undefined
    ? { from: civilDate(from) }
    : { from: civilDate(from), until: civilDate(until) };
