import type { Visit } from '@lib/contracts';
import type { Formulary } from './formulary';

/** A line that the formulary does not have, or does not have for the visit's disease. */
export interface FormularyFault {
  readonly lineNo: number;
  readonly itemCode: string;
  readonly fault: 'unknown-item' | 'other-disease';
}

/** The lines of a visit that do not belong to its disease by the formulary. What no list pays is not a fault. */
export function formularyFaults(formulary: Formulary, visit: Visit): readonly FormularyFault[] {
  const faults: FormularyFault[] = [];
  for (const { lineNo, itemCode, diseaseCode = visit.diseaseCode } of visit.lines) {
    const item = formulary.byCode.get(itemCode);
    if (item === undefined) faults.push({ lineNo, itemCode, fault: 'unknown-item' });
    else if (diseaseCode === undefined || !item.diseases.includes(diseaseCode)) {
      faults.push({ lineNo, itemCode, fault: 'other-disease' });
    }
  }
  return faults;
}
