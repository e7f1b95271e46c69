import type { Refusal } from '@domain/kernel';
import { problemOf } from './problem';

/** An answer whose bytes are ready: sent as they are, without another serialisation. */
export class RawAnswer {
  constructor(
    readonly status: number,
    readonly json: string,
    readonly headers?: Readonly<Record<string, string>>,
    readonly contentType: string = status >= 400 ? PROBLEM_JSON : JSON_TYPE,
  ) {}
}

export const JSON_TYPE = 'application/json; charset=utf-8';
export const PROBLEM_JSON = 'application/problem+json; charset=utf-8';

/** Exact bytes with a status and headers; a status of 400 or more is sent as a problem document. */
export const raw = (
  status: number,
  json: string,
  headers?: Readonly<Record<string, string>>,
): RawAnswer => new RawAnswer(status, json, headers);

/** A value with another status than the route's own. `undefined` fields are left out. */
export const answer = (
  status: number,
  body: unknown,
  headers?: Readonly<Record<string, string>>,
): RawAnswer => new RawAnswer(status, JSON.stringify(body), headers);

/** A refusal as an answer. Handlers may as well return the refusal itself. */
export function refuse(refusal: Refusal, headers?: Readonly<Record<string, string>>): RawAnswer {
  const problem = problemOf(refusal, headers);
  return new RawAnswer(problem.status, problem.json, problem.headers, PROBLEM_JSON);
}
