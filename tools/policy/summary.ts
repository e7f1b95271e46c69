import {
  type AgreementTableWire,
  type ByPerson,
  type ChronicDiseaseWire,
  percentText,
  type PolicyPackWire,
  type RatioWire,
  yuanText,
} from '@domain/benefit';
import { fenFromJson } from '@domain/kernel';

const PERSONS = [
  ['inService', '在职职工'],
  ['retired', '退休人员'],
  ['resident', '城乡居民'],
] as const;

const GROUPS = [
  ['longTerm', '长期备案'],
  ['referral', '转诊'],
  ['emergency', '急诊抢救'],
  ['other', '其他临时外出'],
] as const;

const PERIODS = { YEAR: '每年', MONTH: '每月' } as const;

/** A policy pack as a handler reads it: who is paid what, with the grade of each figure's source. */
export function packSummary(pack: PolicyPackWire): readonly string[] {
  const grade = (source: string): string => `〔${pack.sources[source]?.grade ?? '?'}〕`;
  const { chronic } = pack;
  const { deductible, yearlyCap, stacking } = chronic;
  return [
    pack.title,
    `编号 ${pack.id}，版本 ${pack.version}，有效期 ${pack.validFrom} 至 ${pack.validUntil ?? '另行公布'}`,
    '',
    `异地就医：${remoteText(pack)}${grade(pack.remote.chronic.other.source)}`,
    `未备案：不直接结算；急诊抢救视同已备案${grade(pack.remote.chronic.unfiled.source)}`,
    `起付线：每年 ${yuan(deductible.amountFen)}${grade(deductible.source)}`,
    `报销比例：${ratioText(chronic.ratio)}${grade(chronic.ratio.source)}`,
    `年度最高支付限额：${byPerson(yearlyCap.amountFen, yuan)}${grade(yearlyCap.source)}`,
    stacking.rule === 'several'
      ? `多病种：各病种限额分别计算${grade(stacking.source)}`
      : `多病种：享受一个病种限额，第二个病种每月最多增加 ${yuan(stacking.secondAddsFen)}${grade(stacking.source)}`,
    `待遇起始：${chronic.startsMonthAfterApproval.value ? '批准次月起' : '认定之日起'}${grade(chronic.startsMonthAfterApproval.source)}`,
    ...Object.values(chronic.groups).map(
      (group) =>
        `${group.name}：${group.amountFen === undefined ? '与住院合并计算年度限额' : `合计每年 ${yuan(group.amountFen)}`}${grade(group.source)}`,
    ),
    '',
    '病种：',
    ...Object.entries(chronic.diseases).map(
      ([code, disease]) => `  ${code} ${disease.name}：${diseaseText(pack, disease, grade)}`,
    ),
    '',
    '来源：',
    ...Object.entries(pack.sources).map(([name, { text, grade: mark, note }]) => {
      const remark = note === undefined ? '' : `（${note}）`;
      return `  ${name}〔${mark}〕${text}${remark}`;
    }),
  ];
}

/** A table of agreements as a handler reads it. */
export function tableSummary(table: AgreementTableWire): readonly string[] {
  const family = (entry: AgreementTableWire['diseases'][number]): string =>
    `${entry.name}（${entry.codes.join('、')}）自 ${entry.from} 起${entry.until === undefined ? '' : `至 ${entry.until}`}〔${table.sources[entry.source]?.grade ?? '?'}〕`;
  return [
    `两地协议，版本 ${table.version}，自 ${table.validFrom} 起`,
    `参保地：${table.insuredCities.join('、')}`,
    `就医地：${table.careCities.join('、')}`,
    '直接结算病种：',
    ...table.diseases.map((entry) => `  ${family(entry)}`),
    ...table.exceptions.flatMap(({ insuredCity, careCity, diseases }) =>
      diseases.map((entry) => `例外 ${insuredCity}>${careCity}：${family(entry)}`),
    ),
  ];
}

const yuan = (amountFen: number): string => yuanText(fenFromJson(amountFen));
const percent = (points: number): string => percentText(BigInt(points));

function byPerson<Value>(values: ByPerson<Value>, text: (value: Value) => string): string {
  const told: string[] = [];
  for (const [person, name] of PERSONS) {
    const value = values[person];
    if (value !== undefined) told.push(`${name} ${text(value)}`);
  }
  return told.join('，');
}

function remoteText(pack: PolicyPackWire): string {
  return GROUPS.map(([group, name]) => {
    const { mode, basisPoints } = pack.remote.chronic[group];
    return mode === 'firstPay'
      ? `${name}先行自付 ${percent(basisPoints)}`
      : `${name}降低 ${basisPoints / 100} 个百分点`;
  }).join('，');
}

function ratioText(ratio: RatioWire): string {
  return ratio.rule === 'fixed'
    ? byPerson(ratio.basisPoints, percent)
    : `${byPerson(ratio.basisPoints, (points) => points.map(percent).join('/'))}（未定级/一级/二级/三级）`;
}

function diseaseText(
  pack: PolicyPackWire,
  disease: ChronicDiseaseWire,
  grade: (source: string) => string,
): string {
  const group = disease.group === undefined ? undefined : pack.chronic.groups[disease.group]?.name;
  const limits = disease.limits.map(
    ({ period, amountFen, rollOver, source }) =>
      `${PERIODS[period]} ${yuan(amountFen)}${rollOver ? '，当年可结转' : ''}${grade(source)}`,
  );
  const ratio = disease.ratio === undefined ? [] : [`比例 ${ratioText(disease.ratio)}`];
  const parts = [...(group === undefined ? [] : [group]), ...ratio, ...limits];
  return parts.length === 0 ? '无单独限额' : parts.join('，');
}
