export * from './fact';
export * from './enrolment/facts';
export * from './settlement/visit';
export * from './settlement/facts';
export * from './cross-check/screening';
