import { join, resolve } from 'node:path';
import { differencesOf } from './difference';
import {
  AGREEMENTS,
  isAgreementTable,
  jsonFiles,
  PACKS,
  problemsOf,
  readAgreementTable,
  readJson,
  readPack,
  DocumentFault,
} from './documents';
import { packSummary, tableSummary } from './summary';

const USAGE = `用法：
  npm run policy -- check FILE|all     检查政策包或两地协议；有问题时退出码为 1
  npm run policy -- diff FILE FILE     按路径比较两份文件；不同时退出码为 1
  npm run policy -- explain FILE       用中文说明一份文件`;

/** Where the tool reads and writes: the data folder beside the packs, the folder paths are relative to, and its output. */
export interface PolicyTool {
  readonly data: string;
  readonly from: string;
  readonly print: (line: string) => void;
}

/** How many files a verb takes, and what it does with them. */
const VERBS: ReadonlyMap<
  string,
  { files: number; run: (files: string[], tool: PolicyTool) => number }
> = new Map([
  ['check', { files: 1, run: ([which = ''], tool) => check(which, tool) }],
  ['diff', { files: 2, run: ([before = '', after = ''], tool) => diff(before, after, tool) }],
  ['explain', { files: 1, run: ([file = ''], tool) => explain(file, tool) }],
]);

/** Runs one command; answers the exit code: 0 well, 1 problems or differences, 2 not understood. */
export function policyTool(args: readonly string[], tool: PolicyTool): number {
  const [name = '', ...files] = args;
  const verb = VERBS.get(name);
  if (verb?.files !== files.length) {
    tool.print(USAGE);
    return 2;
  }
  try {
    return verb.run(
      files.map((file) => (file === 'all' ? file : resolve(tool.from, file))),
      tool,
    );
  } catch (cause) {
    if (!(cause instanceof DocumentFault)) throw cause;
    for (const { path, message } of cause.problems) tool.print(`${cause.file}: ${path} ${message}`);
    return 1;
  }
}

function check(which: string, { data, print }: PolicyTool): number {
  const files =
    which === 'all'
      ? [...jsonFiles(join(data, PACKS)), ...jsonFiles(join(data, AGREEMENTS))]
      : [which];
  let found = 0;
  for (const file of files) {
    const problems = problemsOf(file, data);
    found += problems.length;
    for (const { path, message } of problems) print(`${file}: ${path} ${message}`);
  }
  print(
    found === 0 ? `${files.length} 份文件，没有问题` : `${files.length} 份文件，${found} 个问题`,
  );
  return found === 0 ? 0 : 1;
}

function diff(before: string, after: string, { print }: PolicyTool): number {
  const differences = differencesOf(readJson(before), readJson(after));
  for (const one of differences) {
    print(`${one.path}: ${one.before ?? '（无）'} → ${one.after ?? '（无）'}`);
  }
  print(differences.length === 0 ? '两份文件内容相同' : `${differences.length} 处不同`);
  return differences.length === 0 ? 0 : 1;
}

function explain(file: string, { print }: PolicyTool): number {
  const lines = isAgreementTable(readJson(file))
    ? tableSummary(readAgreementTable(file))
    : packSummary(readPack(file));
  for (const line of lines) print(line);
  return 0;
}

if (require.main === module) {
  // Whoever reads the output may have read enough (`| head`).
  process.stdout.on('error', () => process.exit(1));
  process.exitCode = policyTool(process.argv.slice(2), {
    data: resolve('data'),
    from: process.env['INIT_CWD'] ?? process.cwd(),
    print: (line) => process.stdout.write(`${line}\n`),
  });
}
