export * from './caller';
export * from './common-routes';
export * from './route-contract';
export * from './wire';
