import type { CivilDate } from '@domain/kernel';

/** The person and place as screening needs to know them; absent parts leave their rules undetermined. */
export interface Subject {
  readonly gender?: 'male' | 'female';
  readonly birthDate?: CivilDate;
  readonly insurance?: 'employee' | 'resident';
  /** Hospital tier: 1, 2, 3; 0 without a tier. */
  readonly institutionLevel?: number;
}

/** A charged line as it came over the wire. Days and amounts are read only where a rule names the item. */
export interface LineToScreen {
  readonly lineNo: number;
  readonly itemCode: string;
  readonly itemName: string;
  /** Integer fen of the wire: carried into findings, never computed with. */
  readonly amountFen: number;
  readonly performedAt?: string | undefined;
  readonly diseaseCode?: string | undefined;
}

/** A visit as far as the line rules look at it. */
export interface VisitToJudge {
  readonly careType: string;
  readonly visitedOn: string;
  readonly emergency?: boolean | undefined;
  readonly diseaseCode?: string | undefined;
  readonly lines: readonly LineToScreen[];
  readonly subject?: Subject | undefined;
}
