/**
 * Pseudo-random numbers that are the same on every machine: xoshiro128** (Blackman and Vigna, 2018) on 32-bit words,
 * its state filled from one seed by splitmix32. Good for simulation, worthless for secrets.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** Streams made from the same seed are equal; `stream` gives independent streams of one seed. */
  constructor(seed: number, stream = 0) {
    let state = (seed ^ Math.imul(stream + 1, 0x9e37_79b9)) >>> 0;
    const fill = (): number => {
      state = (state + 0x9e37_79b9) >>> 0;
      return mix(state);
    };
    this.a = fill();
    this.b = fill();
    this.c = fill();
    this.d = fill() | 1;
  }

  /** The next 32 bits as an unsigned integer. */
  next(): number {
    const scrambled = Math.imul(rotate(Math.imul(this.b, 5), 7), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotate(this.d, 11);
    return scrambled;
  }

  /** A number in [0, 1). */
  unit(): number {
    return this.next() / 4_294_967_296;
  }

  /** An integer from 0 up to but excluding `bound`. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /** An integer between two ends, both included. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  /** True in so many of a hundred cases. */
  chance(percent: number): boolean {
    return this.unit() * 100 < percent;
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new RangeError('nothing to pick from');
    return found;
  }

  /** A list in another order, each as likely as the other (Fisher and Yates). */
  shuffled<T>(list: readonly T[]): T[] {
    const mixed = [...list];
    for (let last = mixed.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      const [one, two] = [mixed[last], mixed[other]];
      if (one === undefined || two === undefined) continue;
      mixed[last] = two;
      mixed[other] = one;
    }
    return mixed;
  }

  /** One of a list, by weight. */
  weighted<T>(list: readonly T[], weightOf: (each: T) => number): T {
    let total = 0;
    for (const each of list) total += weightOf(each);
    let left = this.unit() * total;
    for (const each of list) {
      left -= weightOf(each);
      if (left < 0) return each;
    }
    return this.pick(list);
  }
}

/** Spreads a number over 32 bits: the finaliser of splitmix32. */
export function mix(value: number): number {
  let mixed = value >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
