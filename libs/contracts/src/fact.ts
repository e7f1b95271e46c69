/**
 * What every fact carries (architecture §4): the command as it was understood, everything the decision read that
 * is not state of its own stream, and what came of it.
 */
export interface Fact<Command, Inputs, Result> {
  readonly command: Command;
  readonly inputs: Inputs;
  readonly result: Result;
}

/** A keyed hash of a person's number at the insured city, with the key that made it. The number itself never travels in facts. */
export interface PersonNoHash {
  readonly keyId: string;
  readonly hash: string;
}
