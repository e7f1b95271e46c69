export * from './city';
export * from './civil-date';
export * from './fen';
export * from './instant';
export * from './refusal';
export * from './rounding';
