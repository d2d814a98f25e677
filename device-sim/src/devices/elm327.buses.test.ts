import { signalByName } from '@outpost/schemas/vehicle';
import { describe, expect, it } from 'vitest';
import { vinOfSeed } from '../car/identity.ts';
import { type Met, meet } from './elm327/meeting.ts';
import { modelOf } from './elm327/testing.ts';

const valuesOf = ({ said }: Met, ecu: number): ReadonlySet<number> =>
  new Set(said.flatMap(({ body }) => (body.kind === 'number' && body.ecu === ecu ? [body.signal] : [])));

const textsOf = ({ said }: Met): ReadonlySet<string> =>
  new Set(
    said.flatMap(({ body }) => {
      if (body.kind === 'identity') return [`${body.of} ${body.text}`];
      return body.kind === 'codes' ? [`${body.status} of ${body.ecu}`] : [];
    }),
  );

describe("the gateway's own dialogue at cars with a bus before CAN", () => {
  it.each([
    ['1', 'SAE J1850 PWM'],
    ['3', 'ISO 9141-2'],
    ['5', 'ISO 14230-4 KWP, fast init'],
  ] as const)('reads both control units over protocol %s', (protocol, name) => {
    const met = meet(modelOf({ protocol }), 40_000);
    expect(met.phase).toBe('polling');
    expect(met.quarantined).toEqual([]);
    expect(met.reopenedAtMs).toEqual([]);
    expect(valuesOf(met, 0x10).size).toBeGreaterThanOrEqual(25);
    expect(valuesOf(met, 0x18).size).toBeGreaterThanOrEqual(5);
    for (const text of [`protocol ${name}`, `vin ${vinOfSeed(1)}`, 'stored of 16', 'stored of 24']) {
      expect(textsOf(met)).toContain(text);
    }
  });
});

describe("the gateway's own dialogue at an electric car with a profile", () => {
  it('reads its control units one by one', () => {
    const options = { profile: 'hyundai-kona-electric' };
    const met = meet(modelOf({ vehicle: 'electric' }), 40_000, options);
    expect(met.quarantined).toEqual([]);
    for (const name of [
      'Vehicle.Powertrain.TractionBattery.StateOfCharge.Current',
      'Vehicle.Powertrain.TractionBattery.CurrentVoltage',
      'Vehicle.Powertrain.TractionBattery.CurrentCurrent',
    ]) {
      expect(valuesOf(met, 0x7ec), name).toContain(signalByName(name)?.id);
    }
    expect(valuesOf(met, 0x7ce)).toContain(
      signalByName('Vehicle.Powertrain.Transmission.TravelledDistance')?.id,
    );
    expect(met.said.filter(({ body }) => body.kind === 'number' && body.signal === 1).length).toBeGreaterThan(
      20,
    );
  });
});
