import { causeOf, isConnectionFault, isWorthRerunning } from './faults';

const fault = (message: string, fields: object = {}) => Object.assign(new Error(message), fields);

describe('a fault', () => {
  it.each([
    // message                                           fields                               connection  runs again
    ['deadlock detected', { code: '40P01' }, false, true],
    ['could not serialize access', { code: '40001' }, false, true],
    ['terminating connection due to administrator', { code: '57P01' }, true, true],
    ['Connection terminated unexpectedly', {}, true, true],
    ['connect ECONNREFUSED 127.0.0.1:5432', { code: 'ECONNREFUSED' }, true, true],
    ['timeout exceeded when trying to connect', {}, true, false],
    ['duplicate key value', { code: '23505' }, false, false],
    ['statement timeout', { code: '57014' }, false, false],
    ['the rule base is broken', {}, false, false],
  ])(
    '"%s" %j is one of the connection: %s, and the transaction runs again: %s',
    (message, fields, connection, again) => {
      expect(isConnectionFault(fault(message, fields))).toBe(connection);
      expect(isWorthRerunning(fault(message, fields))).toBe(again);
    },
  );

  it.each([
    [
      fault('duplicate key value violates unique constraint', {
        code: '23505',
        detail: 'Key (person_no)=(430102199001011234) already exists.',
        table: 'person',
        constraint: 'person_pkey',
      }),
      'database error 23505, table person, constraint person_pkey',
    ],
    [
      fault('invalid input syntax for type integer: "张三"', { code: '22P02' }),
      'database error 22P02',
    ],
    [fault('no person 430102199001011234 in "长沙"'), 'Error: no person # in "…"'],
    [new SyntaxError('Unexpected token 张, "张三" is not valid JSON'), 'SyntaxError'],
    ['thrown text with 张三', 'a value that is no error was thrown'],
  ])('is named without the values it met', (error, cause) => {
    expect(causeOf(error)).toBe(cause);
  });
});
