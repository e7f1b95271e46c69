import { checkFromWire, runCheck, suspicionToWire } from '@domain/screening';
import type { SuspicionRaised, SuspicionRaisedResult, SuspicionWithdrawn } from '@lib/contracts';
import { suspicionIdOf } from './suspicion-facts';

/**
 * Decides a raised suspicion again from what its fact recorded, for an auditor: the result that the fact must carry, or
 * undefined when what was considered supports none. Findings about one line are taken from the recorded finding.
 */
export function decideAgain({
  command,
  inputs,
  result,
}: SuspicionRaised): SuspicionRaisedResult | undefined {
  const { considered, finding, cityNames, ruleSet } = inputs;
  if (considered === undefined) {
    if (finding === undefined) return undefined;
    const { ruleVersion, certainty, observed, limit, text } = finding;
    return { ...result, ruleVersion, certainty, observed, limit, text };
  }
  const supported = runCheck(checkFromWire(considered), {
    subject: command.subject,
    ruleVersion: ruleSet.version,
    cityName: (city) => cityNames[city] ?? city,
  });
  const again = supported.find((each) => suspicionIdOf(each) === result.suspicionId);
  if (again === undefined) return undefined;
  const { suspicionId, personKey, rule } = result;
  return { suspicionId, personKey, ...suspicionToWire(again), rule };
}

/** Whether what is left of the evidence supports the withdrawn suspicion no longer, as the fact says. */
export function isStillWithdrawn({ command, inputs, result }: SuspicionWithdrawn): boolean {
  const { considered, cityNames, ruleSet } = inputs;
  if (considered === undefined) return true;
  const supported = runCheck(checkFromWire(considered), {
    subject: command.subject,
    ruleVersion: ruleSet.version,
    cityName: (city) => cityNames[city] ?? city,
  });
  return supported.every((each) => suspicionIdOf(each) !== result.suspicionId);
}
