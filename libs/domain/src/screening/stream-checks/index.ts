export * from './check';
export * from './overlapping-supply';
export * from './repeated-trace-code';
export * from './same-visit';
export * from './suspicion';
export * from './wire';
