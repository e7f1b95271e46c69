import { hash } from 'node:crypto';
import {
  type EvidenceLine,
  ingredientOf,
  type Involved,
  type SettledVisit,
  type Supply,
  type TracedSale,
  visitFingerprint,
} from '@domain/screening';
import {
  addFen,
  type CivilDate,
  civilDate,
  dateOf,
  fen,
  fenFromJson,
  type Instant,
  instant,
  parseInstant,
} from '@domain/kernel';
import type { RecordedLine, VisitSettled } from '@lib/contracts';

/** A line as it is kept for later questions. Money is integer fen, as in the fact. */
interface KeptLine {
  readonly lineNo: number;
  readonly itemCode: string;
  readonly itemName: string;
  readonly quantity: string;
  readonly amountFen: number;
  readonly traceCodes?: readonly string[];
  /** Only for a medicine that was handed out by whole packs: what supply checks look at. */
  readonly supplyDays?: number;
  readonly startsOn?: string;
  /** Ten-thousandths of a pack, where a pack was split. */
  readonly pack?: number;
}

/** A settled visit as cross-check keeps it: what evidence shows and what the checks ask, without a disease. */
export interface VisitRecord {
  readonly visitGroupNo: string;
  readonly personKey: string;
  readonly insuredCity: string;
  readonly careCity: string;
  readonly institutionCode: string;
  readonly visitNo: string;
  readonly invoiceNo?: string;
  readonly on: string;
  readonly soldAt: number;
  readonly fingerprint: string;
  readonly settlements: readonly {
    readonly no: string;
    readonly lineNos: readonly number[];
    readonly referral?: true;
  }[];
  readonly lines: readonly KeptLine[];
  readonly fact: { readonly stream: string; readonly version: number };
}

const WHOLE_PACK = 10_000;
const FINGERPRINT_DIGITS = 32;

/** Care in which medicine is taken under the eyes of the ward: no supply is handed out. */
const NO_SUPPLY: ReadonlySet<string> = new Set(['inpatient', 'dayCase']);

/** What is kept of a settled visit. */
export function recordOf(
  { command: visit, result }: VisitSettled,
  fact: { readonly stream: string; readonly version: number },
): VisitRecord {
  return {
    visitGroupNo: result.visitGroupNo,
    personKey: result.personKey,
    insuredCity: visit.insuredCity,
    careCity: visit.careCity,
    institutionCode: visit.institutionCode,
    visitNo: visit.visitNo,
    ...(visit.invoiceNo === undefined ? {} : { invoiceNo: visit.invoiceNo }),
    on: visit.visitedOn,
    soldAt: momentOf(visit.settledAt),
    fingerprint: hash('sha256', visitFingerprint(visit), 'hex').slice(0, FINGERPRINT_DIGITS),
    settlements: result.settlements.map(({ settlementNo, lineNos, filing }) => ({
      no: settlementNo,
      lineNos,
      ...(filing.type === 'referral' ? { referral: true } : {}),
    })),
    lines: visit.lines.map((line) => keptLine(line, visit)),
    fact,
  };
}

function keptLine(
  line: RecordedLine,
  visit: { readonly visitedOn: string; readonly careType: string },
): KeptLine {
  const pack = packOf(line.packFraction);
  const supplied =
    line.supplyDays !== undefined &&
    pack === WHOLE_PACK &&
    line.itemType === 'drug' &&
    !NO_SUPPLY.has(visit.careType);
  return {
    lineNo: line.lineNo,
    itemCode: line.itemCode,
    itemName: line.itemName,
    quantity: line.quantity,
    amountFen: line.amountFen,
    ...(line.traceCodes === undefined ? {} : { traceCodes: line.traceCodes }),
    ...(supplied
      ? {
          supplyDays: line.supplyDays,
          startsOn: line.performedAt === undefined ? visit.visitedOn : dayOf(line.performedAt),
        }
      : {}),
    ...(pack === WHOLE_PACK ? {} : { pack }),
  };
}

/** `0.25` is 2,500 ten-thousandths; absent is the whole pack. */
function packOf(fraction: string | undefined): number {
  if (fraction === undefined) return WHOLE_PACK;
  const [whole = '0', part = ''] = fraction.split('.');
  return Number(whole) * WHOLE_PACK + Number(part.padEnd(4, '0'));
}

function momentOf(text: string): Instant {
  const at = parseInstant(text);
  if (at === undefined) throw new RangeError('a settled visit has no moment');
  return at;
}

const dayOf = (text: string): CivilDate => dateOf(momentOf(text));

/** A settled visit as it stands now: its record without the settlements that were reversed. */
export interface StandingVisit {
  readonly record: VisitRecord;
  readonly settlements: VisitRecord['settlements'];
  readonly lines: readonly KeptLine[];
}

/** The visit without what was reversed; undefined when nothing is left of it. */
export function standingOf(
  record: VisitRecord,
  reversed: readonly string[],
): StandingVisit | undefined {
  const settlements = record.settlements.filter(({ no }) => !reversed.includes(no));
  if (settlements.length === 0) return undefined;
  const lineNos = new Set(settlements.flatMap((settlement) => settlement.lineNos));
  return { record, settlements, lines: record.lines.filter(({ lineNo }) => lineNos.has(lineNo)) };
}

/** The visit for the question whether it was settled before. */
export function settledVisitOf(visit: StandingVisit): SettledVisit {
  return {
    visit: involvedOf(visit, visit.lines),
    totalFen: addFen(fen(0n), ...visit.lines.map(({ amountFen }) => fenFromJson(amountFen))),
    fingerprint: visit.record.fingerprint,
  };
}

/** What the visit handed out of one medicine; undefined when that was reversed. */
export function supplyOf(visit: StandingVisit, ingredient: string): Supply | undefined {
  const lines = visit.lines.filter(
    ({ itemCode, supplyDays }) => supplyDays !== undefined && ingredientOf(itemCode) === ingredient,
  );
  const [first] = lines;
  if (first === undefined) return undefined;
  const involved = involvedOf(visit, lines);
  return {
    visit: involved,
    ingredient,
    medicineName: first.itemName,
    startsOn: civilDate(first.startsOn ?? visit.record.on),
    supplyDays: Math.max(...lines.map(({ supplyDays }) => supplyDays ?? 0)),
    referral: visit.settlements.some(
      ({ no, referral }) => referral === true && involved.settlementNos.includes(no),
    ),
  };
}

/** The visit's sale of one box; undefined when that was reversed. A code counts once per visit. */
export function saleOf(visit: StandingVisit, traceCode: string): TracedSale | undefined {
  const lines = visit.lines.filter(({ traceCodes }) => traceCodes?.includes(traceCode));
  if (lines.length === 0) return undefined;
  const parts = lines.reduce((sum, { pack }) => sum + (pack ?? WHOLE_PACK), 0);
  return {
    visit: involvedOf(visit, lines),
    traceCode,
    packTenThousandths: Math.min(parts, WHOLE_PACK),
  };
}

/** The visit as evidence, with some of its lines and the settlements that hold them. */
export function involvedOf(visit: StandingVisit, lines: readonly KeptLine[]): Involved {
  const { record } = visit;
  const shown = new Set(lines.map(({ lineNo }) => lineNo));
  return {
    visitGroupNo: record.visitGroupNo,
    settlementNos: visit.settlements
      .filter(({ lineNos }) => lineNos.some((lineNo) => shown.has(lineNo)))
      .map(({ no }) => no),
    personKey: record.personKey,
    insuredCity: record.insuredCity,
    careCity: record.careCity,
    institutionCode: record.institutionCode,
    visitNo: record.visitNo,
    ...(record.invoiceNo === undefined ? {} : { invoiceNo: record.invoiceNo }),
    on: civilDate(record.on),
    soldAt: instant(record.soldAt),
    lines: lines.map(evidenceOf),
    fact: record.fact,
  };
}

const evidenceOf = (line: KeptLine): EvidenceLine => ({
  lineNo: line.lineNo,
  itemCode: line.itemCode,
  itemName: line.itemName,
  quantity: line.quantity,
  amountFen: fenFromJson(line.amountFen),
  ...(line.traceCodes === undefined ? {} : { traceCodes: line.traceCodes }),
  ...(line.supplyDays === undefined ? {} : { supplyDays: line.supplyDays }),
});
