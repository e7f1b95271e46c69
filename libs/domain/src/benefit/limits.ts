import { type Fen, fen, maxFen, minFen, subFen, yearOf, ZERO_FEN } from '@domain/kernel';
import type { ChronicInput, QualifiedDisease } from './chronic';
import type { ChronicDisease, Citation, DiseaseLimit } from './pack';

/** What bounds the pool's payment, in the order looked at. `key` names the accumulator that the visit adds to. */
export interface Cap {
  readonly kind: 'diseaseMonth' | 'diseaseYear' | 'stackedMonth' | 'group' | 'yearlyCap';
  readonly key: string;
  readonly limit: Fen;
  readonly left: Fen;
  /** Name of the group, where it is one. */
  readonly name?: string;
  readonly source: Citation;
}

const QUALIFICATION: Citation = { text: '参保地核定的个人门诊慢特病限额', grade: 'S' };

/** All caps on what the pool may pay for this visit: of the disease, of diseases together, of its group, of the year. */
export function capsOf(disease: ChronicDisease, input: ChronicInput): readonly Cap[] {
  const year = String(yearOf(input.settledOn));
  const caps: Cap[] = [];
  addDiseaseCaps(caps, disease, input);
  addStackedCap(caps, input);
  const { group } = disease;
  if (group?.amount !== undefined) {
    const key = `group:${group.id}:${year}`;
    const left = leftOf(group.amount, key, input);
    caps.push({
      kind: 'group',
      key,
      limit: group.amount,
      left,
      name: group.name,
      source: group.source,
    });
  }
  const { yearlyCap } = input.pack.chronic;
  const yearly = yearlyCap.byPerson[input.personType];
  if (yearly !== undefined) {
    const key = `pool:${year}`;
    const left = leftOf(yearly, key, input);
    caps.push({ kind: 'yearlyCap', key, limit: yearly, left, source: yearlyCap.source });
  }
  return caps;
}

const leftOf = (limit: Fen, key: string, input: ChronicInput): Fen =>
  maxFen(ZERO_FEN, subFen(limit, input.used(key)));

/** The disease's own limits; the first of them is lowered to the person's own where that is less. */
function addDiseaseCaps(caps: Cap[], disease: ChronicDisease, input: ChronicInput): void {
  const own = qualificationOf(input);
  const year = String(yearOf(input.settledOn));
  const yearKey = `disease:${disease.code}:${year}`;
  if (disease.limits.length === 0 && own?.limitFen !== undefined) {
    const left = leftOf(own.limitFen, yearKey, input);
    caps.push({
      kind: 'diseaseYear',
      key: yearKey,
      limit: own.limitFen,
      left,
      source: QUALIFICATION,
    });
  }
  for (const [index, limit] of disease.limits.entries()) {
    const lowered = index === 0 && own?.limitFen !== undefined && own.limitFen < limit.amount;
    const amount = lowered ? own.limitFen : limit.amount;
    const source = lowered ? QUALIFICATION : limit.source;
    if (limit.period === 'YEAR') {
      const left = leftOf(amount, yearKey, input);
      caps.push({ kind: 'diseaseYear', key: yearKey, limit: amount, left, source });
    } else {
      const key = monthKey(disease.code, input.serviceMonth);
      const left = limit.rollOver
        ? rolledOver(disease.code, amount, input)
        : leftOf(amount, key, input);
      caps.push({ kind: 'diseaseMonth', key, limit: amount, left, source });
    }
  }
}

const qualificationOf = (input: ChronicInput): QualifiedDisease | undefined =>
  input.qualifications.find((one) => one.diseaseCode === input.diseaseCode);

/**
 * What a month may still take where unused amounts roll over within the year: the limits of the months from the
 * beginning of benefit until then, less what all of them used. A later month that already used earlier months'
 * remainder bounds an earlier one too, so that the order of settling cannot pay more than the months together allow.
 */
function rolledOver(code: string, monthly: Fen, input: ChronicInput): Fen {
  const year = input.serviceMonth.slice(0, 4);
  const month = Number(input.serviceMonth.slice(4));
  const from = qualificationOf(input)?.from ?? '';
  const first = from.slice(0, 4) === year ? Math.min(month, Number(from.slice(5, 7))) : 1;
  let [granted, used] = [0n, 0n];
  let left: Fen | undefined;
  for (let at = first; at <= 12; at += 1) {
    granted += monthly;
    used += input.used(monthKey(code, `${year}${String(at).padStart(2, '0')}`));
    if (at >= month) left = minFen(left ?? fen(granted - used), fen(granted - used));
  }
  return maxFen(ZERO_FEN, left ?? ZERO_FEN);
}

/**
 * Where a person has the limit of one disease only, the highest of the person's monthly limits bounds all of them
 * together, raised by what a second disease may add (domain-rules §4.5). What they used is the sum of the diseases'
 * own months, so no further accumulator is kept.
 */
function addStackedCap(caps: Cap[], input: ChronicInput): void {
  const { stacking, diseases } = input.pack.chronic;
  if (stacking.rule !== 'oneDisease' || input.qualifications.length < 2) return;
  let [highest, second, used] = [ZERO_FEN, ZERO_FEN, 0n];
  const seen = new Set<string>();
  for (const { diseaseCode, limitFen } of input.qualifications) {
    // A renewed qualification may stand beside the old one: the same disease does not add to itself.
    if (seen.has(diseaseCode)) continue;
    seen.add(diseaseCode);
    const amount = monthlyLimit(diseases.get(diseaseCode)?.limits, limitFen);
    if (amount > highest) [highest, second] = [amount, highest];
    else if (amount > second) second = amount;
    used += input.used(monthKey(diseaseCode, input.serviceMonth));
  }
  if (second === ZERO_FEN) return;
  const limit = fen(highest + minFen(second, stacking.secondAdds));
  caps.push({
    kind: 'stackedMonth',
    key: monthKey(input.diseaseCode, input.serviceMonth),
    limit,
    left: maxFen(ZERO_FEN, fen(limit - used)),
    source: stacking.source,
  });
}

const monthKey = (code: string, month: string): string => `disease:${code}:${month}`;

function monthlyLimit(limits: readonly DiseaseLimit[] | undefined, own: Fen | undefined): Fen {
  const [first] = limits ?? [];
  if (first?.period !== 'MONTH') return ZERO_FEN;
  return own === undefined ? first.amount : minFen(first.amount, own);
}
