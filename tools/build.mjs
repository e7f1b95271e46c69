// Compiles every TypeScript source to the build folder, file by file, with the setting that Jest uses too.
// Types are checked by `npm run typecheck`, not here: a start must not wait for them.
import { createRequire } from 'node:module';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const out = resolve(root, process.env.BUILD_DIR ?? 'dist');
const roots = ['libs', 'apps', 'tools', 'bench'];

export function build() {
  const { transformFileSync } = require('@swc/core');
  const options = require('./swc-options.cjs');
  rmSync(out, { recursive: true, force: true });
  for (const top of roots) {
    for (const entry of readdirSync(join(root, top), { recursive: true, withFileTypes: true })) {
      const source = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !source.endsWith('.ts') || /\.(d|spec|int-spec)\.ts$/.test(source))
        continue;
      const target = join(out, relative(root, source)).replace(/\.ts$/, '.js');
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, transformFileSync(source, { ...options, filename: source }).code);
    }
  }
  // The sources are CommonJS after compilation, whatever the package around them says.
  writeFileSync(join(out, 'package.json'), '{ "type": "commonjs" }\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
