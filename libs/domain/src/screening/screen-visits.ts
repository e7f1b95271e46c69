import { type CivilDate, civilDate, dateOf, fenFromJson, parseInstant } from '@domain/kernel';
import { judgeAgeRange } from './conditions/age-range';
import { judgeChildOnly } from './conditions/child-only';
import { judgeGender } from './conditions/gender';
import { judgeInstitutionLevel } from './conditions/institution-level';
import { judgeInsurance } from './conditions/insurance-type';
import type { Verdict } from './conditions/verdict';
import { type Action, type LineFinding, type LineRule, milder, stronger } from './finding';
import { hasKnownClass, isItemCode } from './item-code';
import { type Protection, protectionOf, soften } from './protected-care';
import type { Condition, RuleSet, Stage } from './rule-set';
import type { LineToScreen, Subject, VisitToJudge } from './visit';

export interface Screened {
  /** The strongest action of its findings. */
  readonly action: Action;
  readonly findings: readonly LineFinding[];
}

/** Most visits pass: they share one answer. */
const PASSED: Screened = { action: 'pass', findings: [] };
const NOBODY: Subject = {};

/**
 * Judges visits by the rules in force on the day of service of each line (`performedAt`, else `visitedOn`), one
 * look-up per line. Answers in the order of the visits. Rules about a person or institution not known give findings
 * `undetermined` with the action `pass`. Protected care is never stopped (domain-rules §0.4 (9)).
 */
export function screenVisits(
  ruleSet: RuleSet,
  stage: Stage,
  visits: readonly VisitToJudge[],
): readonly Screened[] {
  return visits.map((visit) => screenVisit(ruleSet, stage, visit));
}

function screenVisit(ruleSet: RuleSet, stage: Stage, visit: VisitToJudge): Screened {
  let context: VisitContext | undefined;
  const findings: LineFinding[] = [];
  for (const line of visit.lines) {
    const conditions = ruleSet.conditionsByItem.get(line.itemCode);
    if (conditions === undefined && !codeDoubted(ruleSet, line.itemCode)) continue;
    context ??= {
      ruleSet,
      stage,
      visit,
      subject: visit.subject ?? NOBODY,
      protection: protectionOf(visit, ruleSet.protectedCare),
    };
    if (conditions === undefined) findings.push(codeFinding(context, line));
    else judgeLine(context, line, conditions, findings);
  }
  if (findings.length === 0) return PASSED;
  let action: Action = 'pass';
  for (const finding of findings) action = stronger(action, finding.action);
  return { action, findings };
}

interface VisitContext {
  readonly ruleSet: RuleSet;
  readonly stage: Stage;
  readonly visit: VisitToJudge;
  readonly subject: Subject;
  readonly protection: Protection;
}

function judgeLine(
  context: VisitContext,
  line: LineToScreen,
  conditions: readonly Condition[],
  findings: LineFinding[],
): void {
  const on = dayOfService(line, context.visit);
  for (const condition of conditions) {
    if (on < condition.from) continue;
    if (condition.replacedOn !== undefined && on >= condition.replacedOn) continue;
    const verdict = judge(context, condition, on);
    if (verdict === undefined) continue;
    findings.push({
      ...finding(context, line, condition.limit.kind, weaken(verdict, condition)),
      knowledgePoint: condition.knowledgePoint,
    });
  }
}

function judge(
  { ruleSet, subject, visit }: VisitContext,
  condition: Condition,
  on: CivilDate,
): Verdict | undefined {
  const { limit } = condition;
  const { parameters } = ruleSet;
  switch (limit.kind) {
    case 'gender':
      return judgeGender(limit, subject);
    case 'child-only':
      return judgeChildOnly(limit, subject, on, parameters.childAge);
    case 'age-range':
      return judgeAgeRange(limit, subject, on, parameters.workingAge);
    case 'insurance-type':
      return judgeInsurance(limit, subject, parameters.insurancesMeeting);
    case 'institution-level':
      return judgeInstitutionLevel(limit, subject, visit.careType);
  }
}

const weaken = (verdict: Verdict, condition: Condition): Verdict =>
  condition.certain ? verdict : { ...verdict, certainty: 'suspected' };

/** What a rule set asks for, as far as the verdict carries it: only what is certain may stop anything. */
function actionOf(
  context: VisitContext,
  line: LineToScreen,
  rule: LineRule,
  verdict: Verdict,
): Action {
  if (verdict.state === 'undetermined') return 'pass';
  const asked = context.ruleSet.actions[context.stage][rule];
  const carried = verdict.certainty === 'certain' ? asked : milder(asked, 'remind');
  return soften(carried, line, context.protection);
}

function finding(
  context: VisitContext,
  line: LineToScreen,
  rule: LineRule,
  verdict: Verdict,
): LineFinding {
  return {
    action: actionOf(context, line, rule, verdict),
    state: verdict.state,
    rule,
    ruleVersion: context.ruleSet.version,
    certainty: verdict.certainty,
    lineNos: [line.lineNo],
    observed: verdict.observed,
    limit: verdict.limit,
    amountFen: fenFromJson(line.amountFen),
    text: `第${line.lineNo}行“${line.itemName}”${verdict.sentence}`,
  };
}

/** Whether a code that no rule names deserves a word of its own. */
function codeDoubted(ruleSet: RuleSet, code: string): boolean {
  if (!isItemCode(code)) return true;
  const { unknownCodes } = ruleSet.parameters;
  if (unknownCodes === 'class') return !hasKnownClass(code, ruleSet.knownClasses);
  return unknownCodes === 'all';
}

/** An unknown but well-formed code is accepted and noted (architecture §6). */
function codeFinding(context: VisitContext, line: LineToScreen): LineFinding {
  const wellFormed = isItemCode(line.itemCode);
  const verdict: Verdict = {
    state: 'hit',
    certainty: wellFormed ? 'suspected' : 'certain',
    observed: line.itemCode,
    limit: '国家医保业务编码',
    sentence: wellFormed ? '的编码不在已公布的目录分类中' : '的编码不符合国家医保业务编码格式',
  };
  return finding(context, line, wellFormed ? 'code-unknown' : 'code-malformed', verdict);
}

const CHINA_OFFSET = '+08:00';

/** The day in China on which a line was performed. Doors have checked both moments and days. */
function dayOfService(line: LineToScreen, visit: VisitToJudge): CivilDate {
  const { performedAt } = line;
  if (performedAt === undefined) return civilDate(visit.visitedOn);
  if (performedAt.endsWith(CHINA_OFFSET)) return civilDate(performedAt.slice(0, 10));
  const at = parseInstant(performedAt);
  return at === undefined ? civilDate(visit.visitedOn) : dateOf(at);
}
