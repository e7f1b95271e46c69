import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './files';

const bootstrap = join(projectRoot(), 'tools', 'bootstrap.mjs');

/** Runs the bootstrap as on a machine where only Node is installed. */
function withNothing(verb: string, environment: NodeJS.ProcessEnv = {}) {
  const { KAFKA_BROKERS: _brokers, JAVA_HOME: _java, ...rest } = process.env;
  return spawnSync(process.execPath, [bootstrap, verb], {
    env: { ...rest, PATH: '/nowhere', ...environment },
    encoding: 'utf8',
  });
}

describe('a start on a machine that lacks something', () => {
  it.each([
    ['no Java', {}, /^ {2}✗ Java was not found on PATH.*install Java 17.*KAFKA_BROKERS.*\.\n$/],
    ['a wrong JAVA_HOME', { JAVA_HOME: '/nowhere' }, /^ {2}✗ Java was not found in JAVA_HOME.*\n$/],
  ])('with %s says so in one sentence and fails', (_what, environment, sentence) => {
    const { status, stderr } = withNothing('start', environment);
    expect(stderr).toMatch(sentence);
    expect(status).toBe(1);
  });

  it('names the commands there are when it does not know one', () => {
    const { status, stderr } = withNothing('fly');
    expect(stderr).toContain('Unknown command "fly"; there are: start, parts, test');
    expect(status).toBe(1);
  });
});
