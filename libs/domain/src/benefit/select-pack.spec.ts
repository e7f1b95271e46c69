import { packFromWire, packInForce } from '@domain/benefit';
import { yearlySpecimen } from './pack.specimen';

const pack = (
  version: string,
  validFrom: string,
  more: { validUntil?: string; supersedes?: string } = {},
) => packFromWire({ ...yearlySpecimen, version, validFrom, ...more });

describe('the pack in force', () => {
  const packs = [
    pack('2026.1', '2026-01-01'),
    pack('2025.1', '2024-01-01', { validUntil: '2025-12-31' }),
    packFromWire({ ...yearlySpecimen, version: 'resident', insurance: 'resident' }),
    packFromWire({ ...yearlySpecimen, version: 'elsewhere', insuredCity: '360400' }),
  ];

  it.each([
    ['2023-12-31', undefined],
    ['2024-01-01', '2025.1'],
    ['2025-12-31', '2025.1'],
    ['2026-01-01', '2026.1'],
    ['2030-06-30', '2026.1'],
  ])('on %s is %s', (on, version) => {
    expect(packInForce(packs, '360700', 'employee', on)?.version).toBe(version);
  });

  it('is that of the city and the insurance', () => {
    expect(packInForce(packs, '360700', 'resident', '2026-03-02')?.version).toBe('resident');
    expect(packInForce(packs, '360400', 'employee', '2026-03-02')?.version).toBe('elsewhere');
    expect(packInForce(packs, '430100', 'employee', '2026-03-02')).toBeUndefined();
  });

  it('gives way to a correction from the correction’s first day on', () => {
    const sameDay = pack('2026.2', '2026-01-01', { supersedes: '2026.1' });
    const later = pack('2026.3', '2026-07-01', { supersedes: '2026.2' });
    for (const order of [
      [...packs, sameDay, later],
      [later, sameDay, ...packs],
    ]) {
      expect(packInForce(order, '360700', 'employee', '2026-06-30')?.version).toBe('2026.2');
      expect(packInForce(order, '360700', 'employee', '2026-07-01')?.version).toBe('2026.3');
    }
  });
});
