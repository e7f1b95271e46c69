export * from './check-visit';
export * from './coverage-view';
export * from './decide-reversal';
export { DECISION_VERSION, decideVisit, type VisitCase, type VisitDecision } from './decide-visit';
export * from './explain-visit';
export * from './records';
export { refuse, type SettlementRefusalCode } from './refusals';
export * from './visit';
export * from './year';
