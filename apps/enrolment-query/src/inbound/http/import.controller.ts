import { isRefusal, type Refusal } from '@domain/kernel';
import { type Caller, enrolmentRoutes, holdsCity, ImportLine, scopeOf } from '@lib/contracts';
import {
  type Call,
  checked,
  compileCheck,
  CONFIG,
  Endpoint,
  parseJson,
  PersonalDataKeys,
  problemOf,
  TheCall,
} from '@lib/edge';
import { Controller, Inject } from '@nestjs/common';
import { type ChangeAnswer, isOutcome, REFUSED } from '../../use-cases/outcome';
import { RegisterPersons } from '../../use-cases/register-persons';
import type { Registration } from '../../use-cases/registration';
import { linesOf, type UploadedLine } from './import-lines';
import { registrationOf } from './registration-door';

const isImportLine = checked(ImportLine);
const checkImportLine = compileCheck(ImportLine);

/** How many refused lines an answer tells of; all are counted. */
const REJECTED_SHOWN = 1_000;

interface Rejected {
  readonly line: number;
  readonly refused: string;
  readonly field?: string;
  readonly reason: string;
}

/** What came of the lines so far. */
class ImportTally {
  accepted = 0;
  rejectedCount = 0;
  private readonly rejected: Rejected[] = [];

  reject(line: number, refusal: Refusal): void {
    this.rejectedCount += 1;
    if (this.rejected.length >= REJECTED_SHOWN) return;
    const { refused, field } = refusal;
    const reason = titleOf(refusal);
    this.rejected.push({ line, refused, ...(field === undefined ? {} : { field }), reason });
  }

  answer(importId: string) {
    const { accepted, rejectedCount, rejected } = this;
    // Lines are refused at the door before their batch is decided: the answer has them in order.
    const inOrder = [...rejected].sort((a, b) => a.line - b.line);
    return { importId, accepted, rejectedCount, rejected: inOrder };
  }
}

/**
 * The door for many: one JSON object a line, in batches of one transaction each. Every line has a key of its own, made of the
 * call's key and its number, so that an upload that broke off is sent again whole and goes on where it ended.
 */
@Controller()
export class ImportController {
  constructor(
    private readonly registering: RegisterPersons,
    private readonly keys: PersonalDataKeys,
    @Inject(CONFIG) private readonly config: { readonly IMPORT_BATCH_LINES: number },
  ) {}

  @Endpoint(enrolmentRoutes.importEnrolments)
  async importEnrolments(@TheCall() call: Call<typeof enrolmentRoutes.importEnrolments>) {
    const { caller, idempotencyKey, stream } = call;
    const tally = new ImportTally();
    const scope = `import:${scopeOf(caller)}`;
    let batch: { readonly line: number; readonly registration: Registration }[] = [];
    // While a batch is being written the next is read and sealed; no more than that, so that a fast sender waits.
    let writing = Promise.resolve();
    const flush = async (): Promise<void> => {
      const full = batch;
      batch = [];
      await writing;
      writing = this.register(full, tally);
      // Awaited before the next batch and at the end; a rejection in between must not count as unhandled.
      writing.catch(() => undefined);
    };
    for await (const uploaded of linesOf(stream)) {
      const { line } = uploaded;
      const origin = { caller, scope, key: `${idempotencyKey}/${line}` };
      const registration = this.read(uploaded, caller, origin);
      if (isRefusal(registration)) tally.reject(line, registration);
      else batch.push({ line, registration });
      if (batch.length >= this.config.IMPORT_BATCH_LINES) await flush();
    }
    await flush();
    await writing;
    return tally.answer(this.keys.inputHash({ scope, idempotencyKey }).slice(0, 32));
  }

  private read(
    { bytes }: UploadedLine,
    caller: Caller,
    origin: { readonly caller: Caller; readonly scope: string; readonly key: string },
  ): Registration | Refusal {
    if (bytes === undefined) return { refused: 'enrolment.line-too-long', title: '该行过长' };
    const { value, refusal } = { refusal: undefined, value: undefined, ...parseJson(bytes) };
    if (refusal !== undefined) return refusal;
    if (!isImportLine(value)) return checkImportLine(value) ?? { refused: 'edge.field-invalid' };
    if (!holdsCity(caller, value.insuredCity)) {
      return { refused: 'edge.city-not-allowed', field: 'insuredCity' };
    }
    return registrationOf(value, origin, this.keys);
  }

  private async register(
    batch: readonly { readonly line: number; readonly registration: Registration }[],
    tally: ImportTally,
  ): Promise<void> {
    if (batch.length === 0) return;
    const answers = await this.registering.execute(batch.map(({ registration }) => registration));
    for (const [place, { line }] of batch.entries()) {
      const refusal = refusalOf(answers[place]);
      if (refusal === undefined) tally.accepted += 1;
      else tally.reject(line, refusal);
    }
  }
}

function refusalOf(answer: ChangeAnswer | undefined): Refusal | undefined {
  if (answer === undefined) return { refused: 'edge.fault' };
  if (!isOutcome(answer)) return answer;
  return answer.type === REFUSED ? { refused: 'enrolment.refused', ...answer.result } : undefined;
}

/** What the problem document of a refusal says in Chinese. */
function titleOf(refusal: Refusal): string {
  const { title } = JSON.parse(problemOf(refusal).json) as { readonly title: string };
  return title;
}
