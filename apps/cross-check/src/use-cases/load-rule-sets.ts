import {
  compileRuleSet,
  type KnowledgePointRow,
  type RuleSetHeader,
  type RuleSetTables,
} from '@domain/screening';
import { civilDate } from '@domain/kernel';
import { RuleSetFile } from '@lib/contracts';
import { Value } from '@sinclair/typebox/value';
import { hashOfRuleSet, manifestOf, type RuleSetTexts, tableOf } from '../storage/rule-set-files';
import type { LoadedRuleSet } from './rule-book';

/** A rule set that cannot be used; the message names the field or file, and is one sentence. */
export class RuleSetUnusable extends Error {
  readonly speaks = true;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RuleSetUnusable';
  }
}

/** Checks and compiles the files of a rule set. Throws RuleSetUnusable. */
export function compileTexts(texts: RuleSetTexts): LoadedRuleSet {
  const manifest = manifestOf(texts);
  if (!Value.Check(RuleSetFile, manifest)) {
    const error = Value.Errors(RuleSetFile, manifest).First();
    throw new RuleSetUnusable(
      `A rule set is not usable: ${error?.path ?? ''} ${error?.message ?? ''}.`,
    );
  }
  try {
    const header = headerOf(manifest, hashOfRuleSet(texts));
    return { ...compileRuleSet(header, tablesOf(manifest, texts)), title: manifest.title };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable';
    throw new RuleSetUnusable(`Rule set ${manifest.id} ${manifest.version}: ${why}.`, { cause });
  }
}

function headerOf(file: RuleSetFile, hash: string): RuleSetHeader {
  const { parameters } = file;
  return {
    id: file.id,
    version: file.version,
    hash,
    effectiveFrom: civilDate(file.effectiveFrom),
    actions: file.actions,
    parameters: {
      childAge: parameters.childAge,
      workingAge: parameters.workingAge,
      insurancesMeeting: parameters.insurancesMeeting,
      unknownCodes: parameters.unknownCodes.report,
      supplyGraceDays: parameters.supply.graceDays,
    },
    protectedCare: file.protectedCare.map((care) => ({
      name: care.name,
      from: civilDate(care.from),
      ...(care.until === undefined ? {} : { until: civilDate(care.until) }),
      diseaseCodes: new Set(care.diseaseCodes),
      itemCodes: new Set(care.itemCodes),
    })),
  };
}

function tablesOf({ files }: RuleSetFile, texts: RuleSetTexts): RuleSetTables {
  const classes = (file: string): readonly string[] =>
    tableOf(texts, file, ['class_code']).map((row) => row['class_code'] ?? '');
  return {
    knowledgePoints: tableOf(texts, files.knowledgePoints, KNOWLEDGE_POINT_COLUMNS).map(pointOf),
    codes: tableOf(texts, files.knowledgePointCodes, ['kp_id', 'item_code']).map((row) => ({
      kpId: row['kp_id'] ?? '',
      itemCode: row['item_code'] ?? '',
    })),
    classes: [...classes(files.drugClasses), ...classes(files.serviceClasses)],
  };
}

const KNOWLEDGE_POINT_COLUMNS = [
  'kp_id',
  'cond_type',
  'cond_value',
  'cond_source',
  'effective_from',
  'supersedes',
];

const pointOf = (row: Readonly<Record<string, string>>): KnowledgePointRow => ({
  kpId: row['kp_id'] ?? '',
  condType: row['cond_type'] ?? '',
  condValue: row['cond_value'] ?? '',
  condSource: row['cond_source'] ?? '',
  effectiveFrom: row['effective_from'] ?? '',
  supersedes: row['supersedes'] ?? '',
});
