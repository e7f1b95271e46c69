/** Something the person at the terminal must do; the message is one whole sentence that says what. */
export class Sentence extends Error {}

export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Runs a step and says what was done and how long it took. */
export async function step(what, work) {
  const begun = performance.now();
  say(`  · ${what} …`);
  const result = await work();
  say(`  ✓ ${what} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
  return result;
}
