import type { EnrolmentParameters } from './parameters';

/** The data that decisions of enrolment read; what a decision read of it is recorded with its fact. */
export interface EnrolmentReference {
  /** The cities that take part. */
  readonly cities: ReadonlySet<string>;
  /** The national codes of chronic diseases. */
  readonly diseases: ReadonlySet<string>;
  readonly parameters: EnrolmentParameters;
}
