/** Facts of `enrolment.facts`, keyed by personKey. Their shapes are the domain's own, as in `settlement/facts.ts`. */
export type {
  ContributionPosted,
  EnrolmentChanged,
  EnrolmentFact,
  EnrolmentFactType,
  FilingCancelled,
  FilingMade,
  QualificationEnded,
  QualificationGranted,
} from '@domain/enrolment';
