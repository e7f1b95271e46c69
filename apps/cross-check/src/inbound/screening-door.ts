import { civilDate, type Refusal } from '@domain/kernel';
import { type Caller, holdsCity, Visit, VisitToScreenBody } from '@lib/contracts';
import { checked, compileCheck, type PersonNoHasher } from '@lib/edge';
import type { VisitToJudge } from '@domain/screening';
import type { PartnerVisit } from '../use-cases/screen-visits';

const isRecorded = checked(VisitToScreenBody);
const checkRecorded = compileCheck(VisitToScreenBody);
const isVisit = checked(Visit);
const checkVisit = compileCheck(Visit);

/** Visits as settlement sends them, or a refusal that names the first field at fault. */
export function recordedVisits(items: readonly unknown[]): readonly VisitToJudge[] | Refusal {
  const visits: VisitToJudge[] = [];
  for (const [index, item] of items.entries()) {
    if (!isRecorded(item)) return at(index, checkRecorded(item));
    const { subject } = item;
    visits.push(
      subject === undefined
        ? { ...item, subject: undefined }
        : { ...item, subject: { ...subject, birthDate: civilDate(subject.birthDate) } },
    );
  }
  return visits;
}

/** Visits as a partner sends them, with their numbers hashed; the care city of each must be the partner's. */
export function partnerVisits(
  items: readonly unknown[],
  caller: Caller,
  hasher: PersonNoHasher,
): readonly PartnerVisit[] | Refusal {
  const visits: PartnerVisit[] = [];
  for (const [index, item] of items.entries()) {
    if (!isVisit(item)) return at(index, checkVisit(item));
    if (!holdsCity(caller, item.careCity)) {
      return { refused: 'edge.city-not-allowed', field: `visits[${index}].careCity` };
    }
    const { personNo, ...visit } = item;
    const { insuredCity } = visit;
    const candidates = hasher.candidates(insuredCity, personNo);
    visits.push({ visit, numbers: candidates.map(({ hash }) => ({ insuredCity, hash })) });
  }
  return visits;
}

function at(index: number, refusal: Refusal | undefined): Refusal {
  const { refused = 'edge.field-invalid', field, ...facts } = refusal ?? {};
  const place = `visits[${index}]`;
  return { refused, ...facts, field: field === undefined ? place : `${place}.${field}` };
}
