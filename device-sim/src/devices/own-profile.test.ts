import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAdapter, newTally, readDevice } from '@outpost/firmware-bridge';
import { redecodeElm327 } from '@outpost/firmware-bridge/wires';
import { signalByName } from '@outpost/schemas/vehicle';
import { profileFile } from '@outpost/schemas/vehicle/profiles';
import { asciiText, type DeviceName, type Observation } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { donglePort } from '../soak/dongle-port.ts';
import { drivenClock } from '../soak/driven-clock.ts';
import { modelOf } from './elm327/testing.ts';

const CHARGE = 'Vehicle.Powertrain.TractionBattery.StateOfCharge.Current';

/** The bundled profile of the simulated car, but for one formula that is its owner's own. */
const ownText = (): string => {
  const file = profileFile('hyundai-kona-electric');
  if (file === undefined) throw new Error('the profile is bundled');
  const requests = file.requests.map(({ vectors: _, ...request }) => ({
    ...request,
    signals: request.signals.map((signal) =>
      signal.signal === CHARGE ? { ...signal, formula: signal.formula.replace(/\(.*,/, '(0.4,') } : signal,
    ),
  }));
  return JSON.stringify({ ...file, name: 'my-car', requests });
};

const readingsOf = async (profile: string, forMs: number): Promise<readonly Observation[]> => {
  const adapter = (await loadAdapter('elm327'))?.adapter;
  if (adapter === undefined) throw new Error('the adapter is part of this program');
  const clock = drivenClock();
  const port = donglePort(modelOf({ vehicle: 'electric' }), clock);
  const readings: Observation[] = [];
  const read = async (): Promise<void> => {
    const { signal } = new AbortController();
    const events = readDevice({
      adapter,
      address: 'simulated:dongle',
      schemes: [port.scheme],
      options: { profile },
      device: 'car' as DeviceName,
      clock,
      signal,
      tally: newTally(),
      report: () => undefined,
    });
    for await (const event of events) {
      if (event.kind === 'observed') {
        readings.push(...event.observed.readings);
        event.observed.kept();
      }
      if (event.kind === 'disconnected') return;
    }
  };
  const reading = read();
  while (clock.nowMs() < forMs) {
    // Nobody sleeps while files are read, and that takes the machine's own time.
    const dueMs = Math.min(clock.dueMs(), port.dueMs());
    if (Number.isFinite(dueMs)) clock.moveTo(Math.min(forMs, dueMs));
    port.pass();
    await clock.settle();
  }
  port.unplug();
  await reading;
  return readings;
};

describe('a car that is read by a profile of its owner', () => {
  it('says nothing that a stranger could not find again in the signed bytes', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'outpost-profile-'));
    try {
      const path = join(directory, 'my-car.json');
      await writeFile(path, ownText());
      const readings = await readingsOf(path, 30_000);
      const again = redecodeElm327;
      for (const { body, raw } of readings) expect(again?.(raw)).toContainEqual(body);
      const charge = signalByName(CHARGE)?.id;
      const marked = readings.filter(({ raw }) => asciiText(raw).includes('\r='));
      expect(marked.length).toBeGreaterThanOrEqual(2);
      // What a bundled profile says too needs no line, though it was asked for by the owner's.
      for (const { body } of marked) expect(body).toMatchObject({ kind: 'number', signal: charge });
      expect(
        readings.filter(({ body }) => body.kind === 'number' && body.ecu === 0x7ec).length,
      ).toBeGreaterThan(marked.length);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
