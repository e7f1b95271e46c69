import { type ChronicBenefit, usesWithoutFund } from '@domain/benefit';
import { addFen, type Fen, fenToJson, subFen, ZERO_FEN } from '@domain/kernel';
import { entryFor } from '@domain/ledger';
import type { CoverageView, SettledPart, SettlementPayments, VisitInputs } from './records';
import type { RecordedLine, RecordedVisit } from './visit';

/** 清算类别: outpatient. */
const OUTPATIENT = '11';

interface PartCase {
  readonly visit: RecordedVisit;
  readonly inputs: VisitInputs;
  readonly enrolment: NonNullable<CoverageView['enrolment']>;
  readonly settlementNo: string;
  readonly diseaseCode: string;
  readonly lines: readonly RecordedLine[];
  readonly benefit: ChronicBenefit;
  /** What screening leaves to the institution. */
  readonly struck: Fen;
  /** The accumulators the benefit looked at. */
  readonly read: ReadonlySet<string>;
  readonly before: (key: string) => Fen;
}

/** The settlement of one disease as the fact keeps it: payments, accumulators and a balanced entry. */
export function recordPart(part: PartCase): SettledPart {
  const { benefit, visit, inputs } = part;
  const isSuspended = costIsShifted(visit, inputs);
  const fund = isSuspended ? ZERO_FEN : benefit.pool;
  const hospital = isSuspended ? addFen(part.struck, benefit.pool) : part.struck;
  const uses = isSuspended ? usesWithoutFund(benefit.uses) : benefit.uses;
  const { totals } = benefit;
  return {
    settlementNo: part.settlementNo,
    diseaseCode: part.diseaseCode,
    lineNos: part.lines.map(({ lineNo }) => lineNo),
    totals: {
      totalFen: fenToJson(totals.total),
      ownPayFen: fenToJson(totals.ownPay),
      overLimitFen: fenToJson(totals.overLimit),
      firstPayFen: fenToJson(totals.firstPay),
      eligibleFen: fenToJson(totals.eligible),
    },
    remoteFirstPayFen: fenToJson(benefit.remoteFirstPay),
    deductibleFen: fenToJson(benefit.deductible),
    payments: paymentsOf(totals.total, fund, hospital),
    filing: filingOf(benefit),
    uses: inKeyOrder(uses),
    accumulators: inKeyOrder(after(part, uses)),
    postings: entryFor({
      insuredCity: visit.insuredCity,
      careCity: visit.careCity,
      insurance: part.enrolment.insurance,
      clearingType: OUTPATIENT,
      payments: {
        pool: fund,
        otherFunds: ZERO_FEN,
        assistance: ZERO_FEN,
        personalAccount: ZERO_FEN,
        familyAccount: ZERO_FEN,
      },
    }).map(({ account, amountFen }) => ({ account, amountFen: fenToJson(amountFen) })),
  };
}

/** A suspended institution or practitioner costs the institution, never the patient; emergencies are exempt. */
function costIsShifted(visit: RecordedVisit, { institution, practitioner }: VisitInputs): boolean {
  if (visit.emergency === true) return false;
  const isPractitionerOut = practitioner !== undefined && practitioner.state !== 'active';
  return institution?.state === 'suspended' || isPractitionerOut;
}

/** The identities of domain-rules §4.3: fund is the sum of its layers, and the person's part that of its payers. */
function paymentsOf(total: Fen, pool: Fen, hospital: Fen): SettlementPayments {
  const person = subFen(total, pool);
  return {
    poolFen: fenToJson(pool),
    majorIllnessFen: 0,
    largeAmountFen: 0,
    civilServantFen: 0,
    enterpriseFen: 0,
    assistanceFen: 0,
    otherFen: 0,
    fundFen: fenToJson(pool),
    personFen: fenToJson(person),
    accountFen: 0,
    familyAccountFen: 0,
    hospitalFen: fenToJson(hospital),
    cashFen: fenToJson(subFen(person, hospital)),
  };
}

const filingOf = ({ filing }: ChronicBenefit): SettledPart['filing'] =>
  filing.id === undefined ? { type: filing.type } : { id: filing.id, type: filing.type };

/** Every accumulator that was looked at or added to, as it stands after the settlement. */
function after(part: PartCase, uses: Readonly<Record<string, Fen>>): Record<string, Fen> {
  const standing: Record<string, Fen> = {};
  for (const key of [...part.read, ...Object.keys(uses)]) {
    standing[key] = addFen(part.before(key), uses[key] ?? ZERO_FEN);
  }
  return standing;
}

function inKeyOrder(amounts: Readonly<Record<string, Fen>>): Record<string, number> {
  const entries = Object.entries(amounts).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, amount]) => [key, fenToJson(amount)]));
}
