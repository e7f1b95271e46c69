// What must be on the machine already. Each lack is one sentence that says what to install or which variable to set.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Sentence } from './sentence.mjs';

const leastJava = 17;

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Sentence(
    `Node ${process.versions.node} is too old: install Node 20.19 or later (24 is recommended).`,
  );
}

export function checkJava() {
  const home = process.env.JAVA_HOME;
  const java = home ? join(home, 'bin', 'java') : 'java';
  const asked = spawnSync(java, ['-version'], { encoding: 'utf8' });
  const remedy = `install Java ${leastJava} or later and put it on PATH (or set JAVA_HOME), or set KAFKA_BROKERS to a Kafka of yours.`;
  if (asked.error || asked.status !== 0) {
    const where = home ? `in JAVA_HOME (${home})` : 'on PATH';
    throw new Sentence(`Java was not found ${where}, and the local Kafka needs it: ${remedy}`);
  }
  const version = /version "(?:1\.)?(\d+)/.exec(`${asked.stderr}${asked.stdout}`)?.[1];
  if (Number(version) < leastJava)
    throw new Sentence(`Java ${version} is too old for Kafka: ${remedy}`);
}

/** The Maven command; only asked for when jars must be fetched. */
export function findMaven() {
  const home = process.env.MAVEN_HOME;
  const folders = home ? [join(home, 'bin')] : (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, 'mvn')).find(isExecutable);
  if (found) return found;
  const where = home ? `in MAVEN_HOME (${home})` : 'on PATH';
  throw new Sentence(
    `Maven was not found ${where}, and Kafka's jars come by it: install Maven 3.6 or later and put it on PATH (or set MAVEN_HOME), or set KAFKA_BROKERS to a Kafka of yours.`,
  );
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
