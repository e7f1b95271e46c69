import { pad, screenOn, widthOf, yuan } from './screen';

function paper(isTTY: boolean) {
  const sheets: string[] = [];
  const screen = screenOn({ isTTY, write: (text) => sheets.push(text) });
  return { screen, text: () => sheets.join('') };
}

it('counts a Chinese character as two columns', () => {
  expect(widthOf('萍乡 → 长沙')).toBe(11);
  expect(pad('长沙', 6)).toBe('长沙  ');
  expect(pad('12', 6, 'left')).toBe('    12');
  expect(pad('长沙市第一人民医院', 6)).toBe('长沙市第一人民医院');
});

it.each([
  [0, '0.00'],
  [5, '0.05'],
  [123_456_789, '1,234,567.89'],
  [-100_050, '-1,000.50'],
])('writes %s fen as %s yuan', (fen, text) => {
  expect(yuan(fen)).toBe(text);
});

it('draws the board again in its place on a terminal, and below what came after', () => {
  const { screen, text } = paper(true);
  screen.board(['a', 'b']);
  screen.board(['c', 'd']);
  screen.settle();
  screen.line('then');
  screen.board(['e']);
  expect(text()).toBe('a\nb\n\u001b[2A\u001b[0Jc\nd\nthen\ne\n');
});

it('shows the board now and then in a log, and its last state in any case', () => {
  const { screen, text } = paper(false);
  for (let turn = 1; turn <= 8; turn += 1) screen.board([`turn ${turn}`]);
  screen.settle();
  expect(text()).toBe('turn 1\nturn 7\nturn 8\n');
});

it('does not repeat a board that a log shows already', () => {
  const { screen, text } = paper(false);
  screen.board(['only']);
  screen.settle();
  expect(text()).toBe('only\n');
});
