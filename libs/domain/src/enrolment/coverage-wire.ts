import { fenFromJson, fenToJson } from '@domain/kernel';
import type { Coverage, Qualification } from './coverage';

/** Coverage as it is stored: the same, with money as integer fen. */
export interface CoverageWire extends Omit<Coverage, 'qualifications'> {
  readonly qualifications: readonly (Omit<Qualification, 'limitFen'> & {
    readonly limitFen?: number;
  })[];
}

/** Coverage as plain JSON. */
export const coverageToWire = (coverage: Coverage): CoverageWire => ({
  ...coverage,
  qualifications: coverage.qualifications.map(({ limitFen, ...rest }) => ({
    ...rest,
    ...(limitFen === undefined ? {} : { limitFen: fenToJson(limitFen) }),
  })),
});

/** Coverage from the JSON that `coverageToWire` made. */
export const coverageFromWire = (wire: CoverageWire): Coverage => ({
  ...wire,
  qualifications: wire.qualifications.map(({ limitFen, ...rest }) => ({
    ...rest,
    ...(limitFen === undefined ? {} : { limitFen: fenFromJson(limitFen) }),
  })),
});
