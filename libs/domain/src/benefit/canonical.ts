/**
 * A JSON document as canonical text: keys in order of code units, no white space, absent values left out. Equal documents
 * give equal text however they were written, so that its hash names the content of a pack or an agreement.
 */
export function canonicalText(document: unknown): string {
  if (Array.isArray(document)) return `[${document.map(canonicalText).join(',')}]`;
  if (typeof document !== 'object' || document === null) return JSON.stringify(document);
  const members = Object.entries(document)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${JSON.stringify(key)}:${canonicalText(value)}`);
  return `{${members.join(',')}}`;
}
