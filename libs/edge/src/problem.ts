import type { Refusal } from '@domain/kernel';

/** An answer that says no, rendered: the status and the exact text of an RFC 9457 document. */
export interface Problem {
  readonly status: number;
  readonly json: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Refusal codes with a status other than 422. A service adds its own with `startService({ statuses })`. */
export type StatusTable = Readonly<Record<string, number>>;

const NOT_FOUND_SUFFIX = '.not-found';
const UNPROCESSABLE = 422;

const EDGE_STATUSES: StatusTable = {
  'edge.unauthenticated': 401,
  'edge.role-not-allowed': 403,
  'edge.city-not-allowed': 403,
  'edge.not-own': 403,
  'edge.not-found': 404,
  'edge.clock-not-movable': 404,
  'edge.timeout': 408,
  'edge.malformed-request': 400,
  'edge.malformed-json': 400,
  'edge.malformed-text': 400,
  'edge.too-deep': 400,
  'edge.too-many-items': 400,
  'edge.forbidden-key': 400,
  'edge.field-invalid': 400,
  'edge.field-missing': 400,
  'edge.field-unknown': 400,
  'edge.cursor-invalid': 400,
  'edge.too-large': 413,
  'edge.uri-too-long': 414,
  'edge.media-type': 415,
  'edge.compressed': 415,
  'edge.headers-too-large': 431,
  'edge.too-many-requests': 429,
  'edge.fault': 500,
  'edge.overloaded': 503,
  'edge.draining': 503,
  'edge.unavailable': 503,
  'idempotency.key-missing': 400,
  'idempotency.key-invalid': 400,
  'idempotency.key-reused': UNPROCESSABLE,
  'settlement.wrong-cell': 421,
};

/** What people at the counter read when a refusal brings no title of its own. */
const TITLES: Readonly<Record<string, string>> = {
  'edge.unauthenticated': '未通过身份认证，请使用有效的访问令牌',
  'edge.role-not-allowed': '该角色无权执行此操作',
  'edge.city-not-allowed': '无权办理该统筹区的业务',
  'edge.not-own': '只能查询本人的信息',
  'edge.not-found': '没有这个地址或记录',
  'edge.timeout': '请求发送超时',
  'edge.malformed-json': '报文不是有效的 JSON',
  'edge.field-invalid': '字段的值不符合要求',
  'edge.field-missing': '缺少必填字段',
  'edge.field-unknown': '报文含有未知字段',
  'edge.too-large': '报文超过大小限制',
  'edge.media-type': '只接受 JSON 报文',
  'edge.compressed': '不接受压缩报文',
  'edge.fault': '系统内部错误，请稍后使用同一幂等键重试',
  'edge.overloaded': '系统繁忙，请稍后重试',
  'edge.draining': '服务正在停止，请稍后重试',
  'edge.unavailable': '数据库暂时不可用，请稍后使用同一幂等键重试',
  'idempotency.key-missing': '缺少 Idempotency-Key 请求头',
  'idempotency.key-invalid': 'Idempotency-Key 应为 1 至 128 个可见 ASCII 字符',
  'idempotency.key-reused': '同一幂等键已用于内容不同的请求',
};
const DEFAULT_TITLE = '请求未被接受';

let serviceStatuses: StatusTable = {};

/** Adds a service's own codes to the table. Called once at start, before the first request. */
export function addStatuses(statuses: StatusTable): void {
  serviceStatuses = { ...serviceStatuses, ...statuses };
}

/** The HTTP status of a refusal code: the table, 404 for `….not-found`, else 422. */
export function statusOf(refused: string): number {
  const known = EDGE_STATUSES[refused] ?? serviceStatuses[refused];
  if (known !== undefined) return known;
  return refused.endsWith(NOT_FOUND_SUFFIX) ? 404 : UNPROCESSABLE;
}

/**
 * A refusal as RFC 9457 problem document: `type` from the code, `title` (zh-CN) and `detail` from the refusal when it has them,
 * then its facts. A fact named `status` travels as `currentStatus`, because `status` is the protocol's. Money in facts becomes
 * an integer.
 */
export function problemOf(refusal: Refusal, headers?: Readonly<Record<string, string>>): Problem {
  const { refused, title, detail, field, status: currentStatus, type: _type, ...facts } = refusal;
  const status = statusOf(refused);
  const document = {
    type: `urn:ten-city:problem:${refused}`,
    title: typeof title === 'string' ? title : (TITLES[refused] ?? DEFAULT_TITLE),
    status,
    detail: typeof detail === 'string' ? detail : undefined,
    refused,
    field,
    ...facts,
    currentStatus,
  };
  const json = JSON.stringify(document, integers);
  return headers === undefined ? { status, json } : { status, json, headers };
}

const integers = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? Number(value) : value;

/** Carries a refusal out of a place that cannot return it, such as a guard. The domain returns refusals instead. */
export class RefusalError extends Error {
  constructor(
    readonly refusal: Refusal,
    readonly headers?: Readonly<Record<string, string>>,
  ) {
    super(refusal.refused);
    this.name = 'RefusalError';
  }
}
