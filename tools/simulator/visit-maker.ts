import type { Visit, VisitLine } from '@lib/contracts';
import {
  addDays,
  dateOf,
  formatInstant,
  type Instant,
  priceTimesQuantityHalfUp,
  parseQuantity,
} from '@domain/kernel';
import type { DrugUse, FormularyItem, LimitedItem } from './formulary';
import type { Random } from './random';
import type { Reference } from './reference';
import { groupOf, type Treatment } from './treatment';

const FEWEST_LINES = 4;
const MOST_LINES = 8;
/** Twelve weeks (domain-rules §7.7). */
const LONGEST_PRESCRIPTION = 84;

/** What a hospital visit is for. */
export interface VisitWish {
  readonly treatment: Treatment;
  readonly at: Instant;
  /** Position in the person's filings. */
  readonly place: number;
  /** Whether drugs are dispensed; else it is an examination. */
  readonly dispense: boolean;
  /** How many times the usual course is dispensed. */
  readonly courses?: number;
}

/** A drug as it is sold. */
export interface SaleWish {
  readonly item: FormularyItem;
  readonly packs: number;
  readonly level: number;
  readonly prescriptionNo?: string;
}

/**
 * Makes visits, with numbers that are never used twice: neither within one maker (up to ten million boxes of a drug)
 * nor between makers whose tags differ in their last nine digits.
 */
export class VisitMaker {
  private readonly tag: string;
  private visits = 0;
  private readonly boxes: number[];
  private readonly prefixes: readonly string[];

  constructor(
    private readonly random: Random,
    private readonly reference: Reference,
    tag: number,
  ) {
    this.tag = String(Math.abs(tag) % 1_000_000_000).padStart(9, '0');
    const { items } = reference.formulary;
    this.boxes = items.map(() => 0);
    this.prefixes = items.map(({ index }) => `8${String(index).padStart(3, '0')}${this.tag}`);
  }

  /** A visit to a hospital: consultation, the treatment's drugs where dispensed, and tests; four to eight lines. */
  hospitalVisit(wish: VisitWish): Visit {
    const { treatment, at } = wish;
    const place = treatment.places[wish.place] ?? treatment.places[0];
    if (place === undefined) throw new RangeError('nowhere to be treated');
    const { hospital, doctor } = place;
    const visit = this.frame(treatment, at, hospital.institutionCode);
    visit.doctorCode = doctor;
    const { lines } = visit;
    this.addService(lines, treatment, this.consultationGroup(), hospital.level);
    if (wish.dispense) this.addDrugs(visit, wish, doctor, hospital.level);
    this.addTests(lines, treatment, hospital.level);
    return visit;
  }

  /** A purchase at a pharmacy on a hospital's prescription: drugs alone. */
  pharmacyVisit(wish: VisitWish, pharmacyCode: string): Visit {
    const { treatment, at } = wish;
    const place = treatment.places[wish.place] ?? treatment.places[0];
    if (place === undefined) throw new RangeError('nobody prescribes');
    const visit = this.frame(treatment, at, pharmacyCode);
    this.addDrugs(visit, wish, place.doctor, 0);
    if (visit.prescription !== undefined) {
      visit.prescription.kind = 'external';
      visit.prescription.issuingInstitutionCode = place.hospital.institutionCode;
    }
    return visit;
  }

  /** A visit without lines, numbered and dated. */
  frame(treatment: Treatment, at: Instant, institutionCode: string): Visit {
    this.visits += 1;
    const { person, regimen } = treatment;
    const day = dateOf(at);
    return {
      visitNo: `${day.slice(2, 4)}${day.slice(5, 7)}${day.slice(8)}${this.tag}${this.visits}`,
      insuredCity: person.insuredCity,
      careCity: `${institutionCode.slice(1, 5)}00`,
      personNo: person.personNo,
      institutionCode,
      careType: 'chronic',
      visitedOn: day,
      settledAt: formatInstant(at),
      invoiceNo: `${institutionCode.slice(1, 3)}${this.tag}${String(100_000_000 + this.visits)}`,
      diseaseCode: regimen.code,
      diagnoses: treatment.diagnoses.map((code, index) =>
        index === 0 ? { code, main: true } : { code },
      ),
      useAccount: person.insurance === 'employee',
      lines: [],
    };
  }

  /** Adds a drug as the next line, every box with a trace code of its own. */
  addSale(lines: VisitLine[], { item, packs, level, prescriptionNo }: SaleWish): VisitLine {
    const line = this.lineOf(lines.length + 1, item, packs, level);
    if (prescriptionNo !== undefined) line.prescriptionNo = prescriptionNo;
    const { use } = item;
    if (use !== undefined) {
      line.supplyDays = Math.max(1, Math.min(366, Math.floor(packs * daysPerPack(use) + 0.001)));
      line.dosePerTake = use.dosePerTake;
      line.takesPerDay = use.takesPerDay;
      line.traceCodes = this.traceCodes(item, packs);
    }
    lines.push(line);
    return line;
  }

  /** Adds the first service of a group, if the disease has one. */
  addService(lines: VisitLine[], { regimen }: Treatment, group: string, level: number): void {
    const items = this.reference.formulary.itemsOf(regimen.code, group);
    const item = items.length > 1 ? this.random.pick(items) : items[0];
    if (item === undefined || lines.some((line) => line.itemCode === item.itemCode)) return;
    lines.push(this.lineOf(lines.length + 1, item, 1, level));
  }

  /** Adds one pack of an item with a published limit. */
  addLimited(lines: VisitLine[], item: LimitedItem): VisitLine {
    const line: VisitLine = {
      lineNo: lines.length + 1,
      itemCode: item.itemCode,
      itemName: item.itemName,
      itemType: 'drug',
      catalogueClass: item.catalogueClass,
      quantity: '1',
      unit: item.unit,
      unitPriceMicroYuan: item.unitPriceMicroYuan,
      amountFen: amountOf(item.unitPriceMicroYuan, '1'),
      supplyDays: 5,
      traceCodes: [this.looseTraceCode()],
    };
    if (item.catalogueClass === 'B') line.firstPayBasisPoints = item.firstPayBasisPoints;
    lines.push(line);
    return line;
  }

  /** Numbers for what belongs to a visit made by hand. */
  prescriptionNo(): string {
    return `R${this.tag}${this.visits}`;
  }

  private consultationGroup(): string {
    return this.random.chance(30) ? 'consultationSenior' : 'consultation';
  }

  private addDrugs(visit: Visit, wish: VisitWish, doctor: string, level: number): void {
    const { treatment, courses = 1 } = wish;
    const no = this.prescriptionNo();
    let longest = 0;
    for (const item of treatment.drugs) {
      const { use } = item;
      if (use === undefined || !this.isDue(treatment, item, wish.at)) continue;
      const packs = packsFor(use, courses);
      const line = this.addSale(visit.lines, { item, packs, level, prescriptionNo: no });
      longest = Math.max(longest, line.supplyDays ?? 0);
    }
    const issuedOn = dateOf(wish.at);
    visit.prescription = {
      no,
      doctorCode: doctor,
      issuedOn,
      validUntil: addDays(issuedOn, 2),
      kind: longest > 7 ? 'longTerm' : 'ordinary',
    };
  }

  /** At a dialysis session, what is given once a week is left to one of the sessions. */
  private isDue({ regimen, person }: Treatment, { use }: FormularyItem, at: Instant): boolean {
    if (regimen.kind !== 'dialysis' || use === undefined || use.courseDays < 5) return true;
    return (Math.floor(at / 86_400_000) + person.index) % 7 < 3;
  }

  private addTests(lines: VisitLine[], treatment: Treatment, level: number): void {
    const { tests } = treatment.variant;
    for (const each of tests) {
      if (lines.length >= MOST_LINES) return;
      const group = groupOf(this.random, each);
      if (group !== undefined && fits(each.with, lines)) {
        this.addService(lines, treatment, group, level);
      }
    }
    for (const each of tests) {
      if (lines.length >= FEWEST_LINES) return;
      if (fits(each.with, lines)) this.addService(lines, treatment, each.group, level);
    }
  }

  private lineOf(lineNo: number, item: FormularyItem, packs: number, level: number): VisitLine {
    const limit = priceAt(item, level);
    const limited = item.catalogueClass === 'B' && item.index % 4 === 0;
    const price = limited && this.random.chance(4) ? roundToFen(limit * 1.08) : limit;
    const line: VisitLine = {
      lineNo,
      itemCode: item.itemCode,
      itemName: item.itemName,
      itemType: item.itemType,
      catalogueClass: item.catalogueClass,
      quantity: String(packs),
      unit: item.unit,
      unitPriceMicroYuan: price,
      amountFen: wholeAmountOf(price, packs),
    };
    if (limited) line.priceLimitMicroYuan = limit;
    if (item.catalogueClass === 'B') line.firstPayBasisPoints = item.firstPayBasisPoints;
    return line;
  }

  private traceCodes(item: FormularyItem, packs: number): string[] {
    const prefix = this.prefixes[item.index] ?? '';
    const sold = this.boxes[item.index] ?? 0;
    this.boxes[item.index] = sold + packs;
    const codes: string[] = [];
    for (let box = 1; box <= packs; box += 1)
      codes.push(prefix + String(10_000_000 + sold + box).slice(1));
    return codes;
  }

  private loose = 0;

  private looseTraceCode(): string {
    this.loose += 1;
    return `8999${this.tag}${String(10_000_000 + this.loose).slice(1)}`;
  }
}

const fits = (beside: string | undefined, lines: readonly VisitLine[]): boolean =>
  beside === undefined || lines.some((line) => line.itemName === beside);

/** Drugs cost the same everywhere; services cost by tier. */
function priceAt(item: FormularyItem, level: number): number {
  if (item.itemType === 'drug') return item.unitPriceMicroYuan;
  return roundToFen(item.unitPriceMicroYuan * (level === 3 ? 1.12 : level === 2 ? 1 : 0.9));
}

const roundToFen = (microYuan: number): number => Math.round(microYuan / 10_000) * 10_000;

/** Days that one pack lasts, parts of a day included. */
const daysPerPack = (use: DrugUse): number =>
  use.packContent / (use.unitsPerTake * use.takesPerDay);

/** Packs for so many courses, as long as a prescription may reach; one at least. */
function packsFor(use: DrugUse, courses: number): number {
  const perPack = daysPerPack(use);
  const wanted = Math.round((use.courseDays * courses) / perPack);
  return Math.max(1, Math.min(wanted, Math.floor(LONGEST_PRESCRIPTION / perPack)));
}

/** Price times whole packs in fen, HALF_UP; exact for what a pharmacy sells. */
const wholeAmountOf = (microYuan: number, packs: number): number =>
  Math.floor((microYuan * packs + 5_000) / 10_000);

/** Price times a decimal quantity in fen, HALF_UP. Throws when the quantity is none. */
export function amountOf(microYuan: number, quantity: string): number {
  const parsed = parseQuantity(quantity);
  if (parsed === undefined) throw new RangeError('not a quantity');
  return Number(priceTimesQuantityHalfUp(BigInt(microYuan), parsed));
}
