import type { Difference } from './difference';
import type { ServiceReplay } from './replay-service';

const SHOWN_DIGITS = 16;

/** What an auditor reads of one service: a line per range, its sums, and the verdict. */
export function reportLines(replay: ServiceReplay): readonly string[] {
  const { service, ranges, digest, facts, decided, chainOnly, seconds, difference } = replay;
  const rate = Math.round(facts / Math.max(seconds, 0.001));
  return [
    service,
    ...ranges.map(
      (range) =>
        `  ${range.range.padEnd(28)} ${column(range.streams)} 流 ${column(range.facts)} 条  ${range.digest.slice(0, SHOWN_DIGITS)}`,
    ),
    `  共 ${facts} 条事实，其中复算 ${decided} 条，仅校验链 ${chainOnly} 条；${seconds.toFixed(1)} 秒，每秒 ${rate} 条`,
    `  摘要 ${digest}`,
    difference === undefined ? '  结论：一致' : `  结论：不一致 — ${sentence(service, difference)}`,
  ];
}

const column = (count: number): string => String(count).padStart(8);

function sentence(service: string, difference: Difference): string {
  const { stream, version, what, expected, found } = difference;
  const place = [service, ...(stream === undefined ? [] : [stream])].join(' ');
  const at = version === undefined ? '' : `，第 ${version} 版`;
  const values = expected === undefined ? '' : `；应为 ${expected}，实为 ${found ?? '无'}`;
  return `${place}${at}：${what}${values}`;
}

/** The summary in the form that all benchmarks share, as one line of JSON. */
export function summaryLine(replays: readonly ServiceReplay[], threads: number): string {
  const facts = replays.reduce((sum, replay) => sum + replay.facts, 0);
  const seconds = replays.reduce((sum, replay) => sum + replay.seconds, 0);
  const wrong = replays.find(({ difference }) => difference !== undefined);
  return JSON.stringify({
    bench: 'replay',
    passed: wrong === undefined,
    durability: { reads: 'one repeatable-read snapshot per database', writes: 'none' },
    baseline: {},
    figures: {
      perSecond: Math.round(facts / Math.max(seconds, 0.001)),
      facts,
      decided: replays.reduce((sum, replay) => sum + replay.decided, 0),
      chainOnly: replays.reduce((sum, replay) => sum + replay.chainOnly, 0),
      seconds: Number(seconds.toFixed(3)),
      threads,
      digests: Object.fromEntries(replays.map(({ service, digest }) => [service, digest])),
    },
    ...(wrong === undefined ? {} : { difference: { service: wrong.service, ...wrong.difference } }),
  });
}
