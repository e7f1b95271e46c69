import { incoming } from '../../test/messages';
import { decode } from './decode';
import { sortArrivals } from './sort-arrivals';

describe('a batch of arrivals', () => {
  const stream = (version: number, parked: number[] = [], dropped: number[] = []) => [
    { producer: 'enrolment-query', stream: 'p1', version, parked, dropped },
  ];

  it.each([
    // stands at  parked   dropped  arrives     fresh    parked as                       then at
    [0, [], [], [1, 2], [1, 2], [], 2],
    [2, [], [], [1, 2], [], [], undefined],
    [0, [], [], [2, 1], [1], ['2 gap'], 1],
    [1, [2], [], [3, 2], [], ['3 waiting'], undefined],
    [1, [3], [], [2, 3, 4], [2], ['4 waiting'], 2],
    [1, [], [3], [2, 3, 4], [2, 4], [], 4],
    [1, [], [2, 3], [2], [], [], undefined],
  ])(
    'at %i with %j parked and %j dropped: %j',
    (version, parked, dropped, arriving, fresh, waiting, then) => {
      const arrivals = arriving.map((arrived, offset) => decode(incoming('p1', arrived, offset)));
      const sorted = sortArrivals(arrivals, stream(version, parked, dropped));
      expect(sorted.fresh.map((fact) => fact.version)).toEqual(fresh);
      expect(
        sorted.toPark.map(({ arrival, kind }) => `${arrival.identity?.version ?? 0} ${kind}`),
      ).toEqual(waiting);
      expect(sorted.moved.map((moved) => moved.version)).toEqual(then === undefined ? [] : [then]);
    },
  );

  it('condemned is parked where it would have been handled, and stays a repeat where it was', () => {
    const arrivals = [1, 2].map((version, offset) => decode(incoming('p1', version, offset)));
    const sorted = sortArrivals(arrivals, stream(1), 'the process ended');
    expect(sorted.fresh).toEqual([]);
    expect(sorted.toPark).toMatchObject([{ kind: 'fault', cause: 'the process ended' }]);
    expect(sorted.moved).toEqual([]);
  });
});
