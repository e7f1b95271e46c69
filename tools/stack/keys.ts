import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord, readJson, writePrivateFile } from './files';

/**
 * The file of the keys that encrypt and hash direct identifiers, made once per folder and readable by its owner alone. Losing it
 * is losing the identities: it is never replaced.
 */
export function personalDataKeysFile(runDir: string, cityCodes: readonly string[]): string {
  const file = join(runDir, 'personal-data-keys.json');
  if (!existsSync(file)) {
    const keys = {
      encryption: newKey('k1'),
      certificateHash: newKey('c1'),
      personNoHash: Object.fromEntries(cityCodes.map((code) => [code, [newKey('p1')]])),
      inputHash: newKey('i1'),
    };
    writePrivateFile(file, `${JSON.stringify(keys, undefined, 2)}\n`);
  }
  return file;
}

/** The passwords of the services' database roles, made once per folder. */
export function databasePasswords(
  runDir: string,
  names: readonly string[],
): ReadonlyMap<string, string> {
  const file = join(runDir, 'database-passwords.json');
  const kept = readJson(file);
  const passwords = new Map(
    names.map((name) => {
      const password = isRecord(kept) ? kept[name] : undefined;
      return [
        name,
        typeof password === 'string' ? password : randomBytes(18).toString('base64url'),
      ];
    }),
  );
  writePrivateFile(file, JSON.stringify(Object.fromEntries(passwords)));
  return passwords;
}

function newKey(id: string): { readonly id: string; readonly key: string } {
  return { id, key: randomBytes(32).toString('base64') };
}
