/** One place where two documents differ; an absent side has no value there. */
export interface Difference {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

/** Where two JSON documents differ, by path, in the order of the first and then of what only the second has. */
export function differencesOf(before: unknown, after: unknown, path = ''): readonly Difference[] {
  if (isBranch(before) && isBranch(after) && Array.isArray(before) === Array.isArray(after)) {
    const [from, to] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
    return [...new Set([...from.keys(), ...to.keys()])].flatMap((key) =>
      differencesOf(from.get(key), to.get(key), pathTo(path, key, Array.isArray(before))),
    );
  }
  const [was, is] = [JSON.stringify(before), JSON.stringify(after)];
  if (was === is) return [];
  return [
    {
      path,
      ...(before === undefined ? {} : { before: was }),
      ...(after === undefined ? {} : { after: is }),
    },
  ];
}

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;

function pathTo(path: string, key: string, inArray: boolean): string {
  if (inArray) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}
