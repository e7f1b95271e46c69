import type { PackInsurance, PolicyPack } from './pack';

/**
 * The pack of a city and insurance that is in force on a day (of `settledAt`, domain-rules §10 (5)), or undefined. Where
 * two cover the day, which validation allows only for a correction, the later begun rules, then the one that supersedes.
 */
export function packInForce(
  packs: readonly PolicyPack[],
  insuredCity: string,
  insurance: PackInsurance,
  on: string,
): PolicyPack | undefined {
  let best: PolicyPack | undefined;
  for (const pack of packs) {
    if (pack.insuredCity !== insuredCity || pack.insurance !== insurance) continue;
    if (pack.validFrom > on || (pack.validUntil !== undefined && pack.validUntil < on)) continue;
    if (best === undefined || rulesOver(pack, best)) best = pack;
  }
  return best;
}

const rulesOver = (pack: PolicyPack, other: PolicyPack): boolean =>
  pack.validFrom > other.validFrom ||
  (pack.validFrom === other.validFrom && pack.supersedes === other.version);
