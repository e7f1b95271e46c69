import type { Screen } from './stage';

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** How often the board is shown where it cannot be redrawn. */
const EVERY_NTH = 6;

/** A screen on a terminal, or in a log that only grows. */
export function screenOn(output: Output): Screen {
  let shown = 0;
  let calls = 0;
  let last: readonly string[] = [];
  const write = (lines: readonly string[]): void => {
    output.write(lines.map((line) => `${line}\n`).join(''));
  };
  return {
    line: (text) => {
      write([text]);
      shown = 0;
    },
    board: (lines) => {
      last = lines;
      calls += 1;
      if (output.isTTY === true) {
        output.write(shown === 0 ? '' : `\u001b[${shown}A\u001b[0J`);
        shown = lines.length;
        write(lines);
      } else if (calls % EVERY_NTH === 1) write(lines);
    },
    settle: () => {
      if (output.isTTY !== true && calls % EVERY_NTH !== 1) write(last);
      [shown, calls] = [0, 0];
    },
  };
}

/** Columns that a text takes: Chinese characters and full-width marks take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
        letter,
      )
        ? 2
        : 1;
  return width;
}

/** A text filled up to a width: on the right, or on the left for numbers. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const fill = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'right' ? text + fill : fill + text;
}

/** Fen as yuan with two decimals and thousands apart. */
export function yuan(amountFen: number): string {
  const whole = Math.trunc(Math.abs(amountFen) / 100);
  const rest = String(Math.abs(amountFen) % 100).padStart(2, '0');
  const apart = String(whole).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${amountFen < 0 ? '-' : ''}${apart}.${rest}`;
}
