import type { Agreement, PolicyPack } from '@domain/benefit';
import { type Coverage, enrolmentOn } from '@domain/enrolment';
import { civilDate, dateOf, parseInstant, yearOf } from '@domain/kernel';
import {
  type DocumentRef,
  type InstitutionView,
  type PractitionerView,
  type RecordedLine,
  type RecordedVisit,
  type ScreeningRecord,
  yearStream,
} from '@domain/settlement';
import type { ScreenedVisit, VisitToScreen } from '@lib/contracts';
import type { ScreeningClient } from '../outbound/screening-client';
import { findCoverages } from '../storage/coverages';
import type { Documents } from '../storage/documents';
import type { Pool } from '@lib/journal';
import { findInRegistry } from '../storage/registry';
import type { SettleVisit } from './commands';

/** A command with everything that the decision will read besides the state of the benefit year. */
export interface GatheredVisit {
  readonly command: SettleVisit;
  readonly coverage: Coverage | undefined;
  readonly coverageAsOf: string;
  readonly institution: InstitutionView | undefined;
  readonly practitioner: PractitionerView | undefined;
  readonly agreement: { readonly ref: DocumentRef; readonly document: Agreement } | undefined;
  readonly pack: { readonly ref: DocumentRef; readonly document: PolicyPack } | undefined;
  readonly screening: ScreeningRecord;
  /** The benefit year to lock; undefined for a person who is not known. */
  readonly stream: string | undefined;
}

/** What gathering reads from. */
export interface GatherSources {
  readonly pool: Pool;
  readonly documents: Documents;
  /** Undefined where screening is switched off by configuration. */
  readonly screening: ScreeningClient | undefined;
}

const SKIPPED: ScreeningRecord = { outcome: 'skipped', findings: [] };

/**
 * Reads the read models for a micro-batch, then has the whole batch screened, before any lock is taken (architecture
 * §2). Answers in the order of the commands.
 */
export async function gather(
  sources: GatherSources,
  commands: readonly SettleVisit[],
): Promise<readonly GatheredVisit[]> {
  const [people, registry] = await Promise.all([
    findCoverages(
      sources.pool,
      commands.map(({ visit, candidates }) => ({ insuredCity: visit.insuredCity, candidates })),
    ),
    findInRegistry(
      sources.pool,
      new Set(commands.map(({ visit }) => visit.institutionCode)),
      new Set(commands.flatMap(({ visit }) => visit.doctorCode ?? [])),
    ),
  ]);
  const unscreened = commands.map((command, index): GatheredVisit => {
    const { visit } = command;
    const person = people[index];
    const settledOn = settlementDay(visit);
    const coverage = person?.coverage;
    const enrolment = coverage && enrolmentOn(coverage, visit.insuredCity, settledOn);
    return {
      command,
      coverage,
      coverageAsOf: person?.asOf ?? '',
      institution: registry.institutions.get(visit.institutionCode),
      practitioner:
        visit.doctorCode === undefined ? undefined : registry.practitioners.get(visit.doctorCode),
      agreement: sources.documents.agreementFor(visit.insuredCity, visit.careCity, settledOn),
      pack:
        enrolment && sources.documents.packFor(visit.insuredCity, enrolment.insurance, settledOn),
      screening: SKIPPED,
      stream: coverage && yearStream(visit.insuredCity, yearOf(settledOn), coverage.personKey),
    };
  });
  return screen(sources.screening, unscreened);
}

/** The day whose pack, filing and benefit year rule: that of `settledAt` (architecture §5). */
function settlementDay(visit: RecordedVisit) {
  const settledAt = parseInstant(visit.settledAt);
  return settledAt === undefined ? civilDate(visit.visitedOn) : dateOf(settledAt);
}

async function screen(
  client: ScreeningClient | undefined,
  cases: readonly GatheredVisit[],
): Promise<readonly GatheredVisit[]> {
  // Nobody can be screened without knowing who: such a visit is refused anyway.
  const asked = cases.filter((each) => each.coverage !== undefined);
  if (client === undefined || asked.length === 0) return cases;
  const answer = await client.screen({ stage: 'during', visits: asked.map(visitToScreen) });
  if (answer === undefined) return cases;
  const records = new Map(
    asked.map((each, index) => [each, recordOf(answer.visits[index], answer.ruleSet)]),
  );
  return cases.map((each) => ({ ...each, screening: records.get(each) ?? SKIPPED }));
}

function visitToScreen({ command, coverage, institution }: GatheredVisit): VisitToScreen {
  const { visit } = command;
  const enrolment = coverage && enrolmentOn(coverage, visit.insuredCity, settlementDay(visit));
  const { careType, visitedOn, emergency, diseaseCode } = visit;
  return {
    careType,
    visitedOn,
    ...(emergency === undefined ? {} : { emergency }),
    ...(diseaseCode === undefined ? {} : { diseaseCode }),
    ...(coverage === undefined || enrolment === undefined
      ? {}
      : {
          subject: {
            gender: coverage.gender,
            birthDate: coverage.birthDate,
            insurance: enrolment.insurance,
            institutionLevel: institution?.level ?? 0,
          },
        }),
    lines: visit.lines.map(lineToScreen),
  };
}

function lineToScreen(line: RecordedLine): VisitToScreen['lines'][number] {
  const { lineNo, itemCode, itemName, amountFen, performedAt, diseaseCode } = line;
  return {
    lineNo,
    itemCode,
    itemName,
    amountFen,
    ...(performedAt === undefined ? {} : { performedAt }),
    ...(diseaseCode === undefined ? {} : { diseaseCode }),
  };
}

function recordOf(screened: ScreenedVisit | undefined, ruleSet: DocumentRef): ScreeningRecord {
  if (screened === undefined) return SKIPPED;
  if (screened.findings.length === 0) return { outcome: 'passed', ruleSet, findings: [] };
  return { outcome: 'findings', ruleSet, findings: screened.findings };
}
