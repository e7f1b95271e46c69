import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from './files';
import { StackFault } from './stack-fault';

/** One of the cities that settle with each other. */
export interface City {
  readonly code: string;
  readonly name: string;
  readonly province: string;
  readonly provinceName: string;
}

/** The cities named in the data folder. Fails when the file is not as it must be. */
export function readCities(dataDir: string): readonly City[] {
  const file = join(dataDir, 'cities.json');
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(value)) throw new StackFault(`${file} must be a list of cities.`);
  return value.map((entry: unknown) => {
    const { code, name, province, provinceName } = isRecord(entry) ? entry : {};
    if (
      typeof code !== 'string' ||
      typeof name !== 'string' ||
      typeof province !== 'string' ||
      typeof provinceName !== 'string'
    ) {
      throw new StackFault(`${file} must give every city code, name, province and provinceName.`);
    }
    return { code, name, province, provinceName };
  });
}
