export * from './coverage';
export * from './coverage-wire';
export * from './evolve-coverage';
export * from './facts';
