export * from './compile-rule-set';
export * from './finding';
export * from './item-code';
export * from './rule-set';
export * from './screen-visits';
export * from './visit';
export * from './stream-checks';
