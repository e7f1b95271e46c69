export * from './fact';
export * from './enrolment/facts';
export * from './settlement/visit';
export * from './settlement/facts';
export * from './settlement/agreement';
export * from './settlement/policy-pack';
export * from './cross-check/screening';
