/** The door of the local stack for tests and tools. */
export { readCities, type City } from './cities';
export type { Demonstrate, DemonstrationWish } from './demonstration-hook';
export { removeRunDir } from './postgres-files';
export { startParts, type PartsWish, type RunningParts } from './parts';
export { RunningStack } from './running-stack';
export { serviceDefinitions, type PerService, type ServiceKey } from './services';
export { startStack, type StackPorts, type StackWish } from './stack';
export { StackFault } from './stack-fault';
export type { StackInfo } from './stack-info';
export type { MintToken, TokenClaims } from './tokens';
