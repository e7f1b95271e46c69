import { type Population, reference } from '../simulator';
import { consultationOf } from './errand';
import type { Stage } from './stage';

/** Three calls that work when pasted into a shell in any folder, each with its purpose. */
export function exampleCalls(
  stage: Stage,
  population: Population,
): readonly { readonly title: string; readonly command: string }[] {
  const person = population.persons.find(
    ({ reserved, state, filings, qualifications }) =>
      !reserved &&
      state === 'active' &&
      filings[0]?.careCity === '430100' &&
      qualifications[0]?.diseaseCode === 'M03900',
  );
  if (person === undefined) return [];
  const { insuredCity, personNo, qualifications } = person;
  const diseaseCode = qualifications[0]?.diseaseCode ?? '';
  const question = JSON.stringify({ insuredCity, personNo, diseaseCode, purpose: '就诊前核对' });
  const { visitNo: _placeholder, ...visit } = consultationOf(stage, reference(), person, '');
  const { services } = stage;
  return [
    {
      title: '查询参保与备案 who is insured, and filed for 长沙?',
      command: [
        `curl -sS ${services.enrolmentQuery}/v1/coverage-queries`,
        authorisation(stage, 'partner:430100'),
        JSON_TYPE,
        `-d '${question}'`,
      ].join(CONTINUED),
    },
    {
      title: '结算一次就诊 settle a visit',
      command: `N=$(date +%s%N); ${[
        `curl -sS ${services.settlement}/v1/settlements`,
        authorisation(stage, 'partner:430100'),
        JSON_TYPE,
        `-H "Idempotency-Key: example-$N"`,
        `-d '{"visitNo":"example-'$N'",${JSON.stringify(visit).slice(1)}'`,
      ].join(CONTINUED)}`,
    },
    {
      title: '查看疑点 what cross-check suspects',
      command: [
        `curl -sS '${services.crossCheck}/v1/suspicions?rule=trace-code-sold-twice&limit=3'`,
        authorisation(stage, 'operator'),
      ].join(CONTINUED),
    },
  ];
}

const CONTINUED = ' \\\n      ';
const JSON_TYPE = `-H 'content-type: application/json'`;

/** The header with a ready token, read from the stack's own description so that no token stands on the screen. */
const authorisation = ({ stackFile }: Stage, name: string): string =>
  `-H "Authorization: Bearer $(node -p "require('${stackFile}').tokens['${name}']")"`;

/** Says where to look next. */
export function showWhereNext(stage: Stage, population: Population): void {
  const { screen, services, stackFile } = stage;
  screen.line('');
  screen.line('  ▌下一步 where to look next');
  const names = {
    enrolmentQuery: '参保查询 enrolment-query',
    settlement: '结算 settlement',
    crossCheck: '交叉核查 cross-check',
  };
  for (const [key, name] of Object.entries(names)) {
    const url =
      key === 'settlement'
        ? services.settlement
        : key === 'crossCheck'
          ? services.crossCheck
          : services.enrolmentQuery;
    screen.line(`    ${name}  ${url}/docs`);
  }
  screen.line(`    令牌与地址 ready tokens and addresses  ${stackFile}`);
  screen.line(
    '    令牌名 token names: partner:430100, agency:360300, operator, auditor, person:demo …',
  );
  for (const { title, command } of exampleCalls(stage, population)) {
    screen.line('');
    screen.line(`    # ${title}`);
    screen.line(`    ${command}`);
  }
  screen.line('');
}
