import { instant } from '@domain/kernel';
import type { StoredFact } from '../types';
import { cloudEventOf } from './cloud-event';
import { piecesOf } from './pieces';
import { parseSnapshot } from './snapshot';

const fact = (version: number, payload = '{"amountFen":4900}'): StoredFact => ({
  position: BigInt(version),
  stream: 'year/p1/2026',
  version,
  type: 'VisitSettled.v1',
  payload,
  actor: { role: 'partner', subject: 'hub' },
  recordedAt: instant(Date.parse('2026-03-02T02:15:00Z')),
  previousHash: '0'.repeat(64),
  hash: '0123456789abcdef'.repeat(4),
});

describe('a fact on the wire', () => {
  it('is a CloudEvent in binary mode with the stored payload as its value', () => {
    const message = cloudEventOf(fact(7), 'settlement', () => ({
      topic: 'settlement.facts',
      key: 'p1',
    }));
    expect(message).toEqual({
      topic: 'settlement.facts',
      key: 'p1',
      value: '{"amountFen":4900}',
      headers: {
        ce_specversion: '1.0',
        ce_id: 'settlement/year/p1/2026/7',
        ce_source: 'settlement',
        ce_type: 'VisitSettled.v1',
        ce_subject: 'year/p1/2026',
        ce_sequence: '7',
        ce_time: '2026-03-02T10:15:00+08:00',
        'content-type': 'application/json',
        traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01',
      },
    });
  });

  it('does not exist for a stream without a route', () => {
    expect(cloudEventOf(fact(1), 'settlement', () => undefined)).toBeUndefined();
  });
});

describe('pieces of a window', () => {
  it.each([
    // rows  bytes  sizes of payloads          pieces, by version
    [2, 1_000, [10, 10, 10], [[1, 2], [3]]],
    [9, 25, [10, 10, 10, 30, 1], [[1, 2], [3], [4], [5]]],
    [9, 25, [], []],
  ])('of at most %i rows and %i bytes cut %j', (rows, bytes, sizes, expected) => {
    const facts = sizes.map((size, index) => fact(index + 1, 'x'.repeat(size)));
    const pieces = piecesOf(facts, { rows, bytes });
    expect(pieces.map((piece) => piece.map(({ version }) => version))).toEqual(expected);
  });
});

describe('a snapshot', () => {
  it('names the first transaction it cannot see and those that were running', () => {
    expect(parseSnapshot('10:20:10,14')).toEqual({
      text: '10:20:10,14',
      xmax: '20',
      running: ['10', '14'],
    });
    expect(parseSnapshot('10:10:').running).toEqual([]);
    expect(() => parseSnapshot('10:20')).toThrow(RangeError);
  });
});
