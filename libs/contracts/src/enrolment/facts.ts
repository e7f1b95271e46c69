/**
 * Facts of the stream `person/{personKey}`, published on `enrolment.facts` with the personKey as Kafka key. Their forms are
 * declared beside the fold that reads them, because the domain imports nothing.
 */
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
