import type { IncomingMessage } from '@lib/journal';

/** A fact of `enrolment-query` as it arrives; its offset is given by the caller. */
export function incoming(
  stream: string,
  version: number,
  offset: number,
  overrides: Partial<IncomingMessage> = {},
): IncomingMessage {
  return {
    topic: 'enrolment.facts',
    partition: 0,
    offset: String(offset),
    timestampMs: Date.parse('2026-03-02T02:15:00Z'),
    key: stream,
    value: Buffer.from(JSON.stringify({ version, name: '张三丰' })),
    headers: {
      ce_specversion: '1.0',
      ce_id: `enrolment-query/${stream}/${version}`,
      ce_source: 'enrolment-query',
      ce_type: 'EnrolmentChanged.v1',
      ce_subject: stream,
      ce_sequence: String(version),
      ce_time: '2026-03-02T10:15:00+08:00',
      'content-type': 'application/json',
    },
    ...overrides,
  };
}
