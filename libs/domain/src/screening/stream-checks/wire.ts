import {
  civilDate,
  fenFromJson,
  fenToJson,
  formatInstant,
  type Instant,
  parseInstant,
} from '@domain/kernel';
import type { Check } from './check';
import type { EvidenceLine, Involved, Suspicion } from './suspicion';

/** A line of evidence as it travels. */
export interface EvidenceLineWire extends Omit<EvidenceLine, 'amountFen'> {
  readonly amountFen: number;
}

/** A settled visit of evidence as it travels. */
export interface InvolvedWire extends Omit<Involved, 'on' | 'soldAt' | 'lines'> {
  readonly on: string;
  readonly soldAt: string;
  readonly lines: readonly EvidenceLineWire[];
}

/** What a check considered, as the fact keeps it: enough to decide it again. */
export type CheckWire =
  | {
      readonly kind: 'invoice' | 'lines';
      readonly considered: readonly {
        readonly visit: InvolvedWire;
        readonly totalFen: number;
        readonly fingerprint: string;
      }[];
    }
  | {
      readonly kind: 'supply';
      readonly graceDays: number;
      readonly considered: readonly {
        readonly visit: InvolvedWire;
        readonly ingredient: string;
        readonly medicineName: string;
        readonly startsOn: string;
        readonly supplyDays: number;
        readonly referral: boolean;
      }[];
    }
  | {
      readonly kind: 'trace-code';
      readonly considered: readonly {
        readonly visit: InvolvedWire;
        readonly traceCode: string;
        readonly packTenThousandths: number;
      }[];
    };

export type SuspicionWire = Omit<Suspicion, 'amountFen' | 'involved'> & {
  readonly amountFen: number;
  readonly involved: readonly InvolvedWire[];
};

/** Evidence as JSON. */
export const involvedToWire = (involved: Involved): InvolvedWire => ({
  ...involved,
  soldAt: formatInstant(involved.soldAt),
  lines: involved.lines.map((line) => ({ ...line, amountFen: fenToJson(line.amountFen) })),
});

/** The inverse of `involvedToWire`. Throws a RangeError for what it did not write. */
export const involvedFromWire = (wire: InvolvedWire): Involved => ({
  ...wire,
  on: civilDate(wire.on),
  soldAt: moment(wire.soldAt),
  lines: wire.lines.map((line) => ({ ...line, amountFen: fenFromJson(line.amountFen) })),
});

export const suspicionToWire = (suspicion: Suspicion): SuspicionWire => ({
  ...suspicion,
  amountFen: fenToJson(suspicion.amountFen),
  involved: suspicion.involved.map(involvedToWire),
});

/** What was considered, as JSON. */
export function checkToWire(check: Check): CheckWire {
  switch (check.kind) {
    case 'invoice':
    case 'lines':
      return {
        kind: check.kind,
        considered: check.considered.map((each) => ({
          ...each,
          visit: involvedToWire(each.visit),
          totalFen: fenToJson(each.totalFen),
        })),
      };
    case 'supply':
      return {
        ...check,
        considered: check.considered.map((each) => ({
          ...each,
          visit: involvedToWire(each.visit),
        })),
      };
    case 'trace-code':
      return {
        ...check,
        considered: check.considered.map((each) => ({
          ...each,
          visit: involvedToWire(each.visit),
        })),
      };
  }
}

/** The inverse of `checkToWire`, for those who decide a recorded check again. */
export function checkFromWire(wire: CheckWire): Check {
  switch (wire.kind) {
    case 'invoice':
    case 'lines':
      return {
        kind: wire.kind,
        considered: wire.considered.map((each) => ({
          ...each,
          visit: involvedFromWire(each.visit),
          totalFen: fenFromJson(each.totalFen),
        })),
      };
    case 'supply':
      return {
        ...wire,
        considered: wire.considered.map((each) => ({
          ...each,
          visit: involvedFromWire(each.visit),
          startsOn: civilDate(each.startsOn),
        })),
      };
    case 'trace-code':
      return {
        ...wire,
        considered: wire.considered.map((each) => ({
          ...each,
          visit: involvedFromWire(each.visit),
        })),
      };
  }
}

function moment(text: string): Instant {
  const at = parseInstant(text);
  if (at === undefined) throw new RangeError('not a moment');
  return at;
}
