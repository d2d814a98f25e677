import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import type { Result } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityOf } from '../car/identity.ts';
import { type ModelChoice, modelOf } from '../devices/elm327/testing.ts';
import type { DongleModel } from '../devices/elm327.ts';
import { ptySocket } from '../devices/pty-plug.ts';
import { type ServedCar, serveCar } from '../devices/serve-car.ts';
import { isPlausible } from './plausible.ts';
import { pythonWithPeers } from './python.ts';
import { type ClientVisit, visitWithPythonObd } from './python-obd-client.ts';

const TIMEOUT_MS = 300_000;
const { signal } = new AbortController();
const hasSocat = spawnSync('socat', ['-V']).status === 0;

/** Its last characters are none that python-OBD strips: it cuts zeros, ones and twos off both ends. */
const VIN = '5GZCZ43D13S812754';

describe.skipIf(!hasSocat)('python-OBD at the simulated dongle (needs socat)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-peer-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let python: Result<string>;
  beforeAll(async () => {
    python = await pythonWithPeers(signal);
  }, TIMEOUT_MS);

  const modelFor = (choice: ModelChoice): DongleModel => ({
    ...modelOf(choice),
    identity: identityOf(1, VIN),
  });

  const served = async (name: string, model: DongleModel, watchesRate = false): Promise<ServedCar> => {
    const clock = systemClock();
    const socket = ptySocket(join(folder, name), clock, { watchesRate });
    const car = await serveCar({ model, socket, clock, signal });
    if (!car.ok) throw new Error(car.fault.words);
    return car.value;
  };

  const visit = (name: string, baud: number, names?: readonly string[]): Promise<ClientVisit> => {
    if (!python.ok) throw new Error(python.fault.words);
    const line = { python: python.value, path: join(folder, name), baud, seconds: 0, signal };
    return visitWithPythonObd(names === undefined ? line : { ...line, names });
  };

  it('reads ninety commands and more with values that make sense', { timeout: TIMEOUT_MS }, async ({
    skip,
  }) => {
    if (!python.ok) return skip(python.fault.words);
    const faults = [{ atMs: 0, what: 'dtc-appears', code: 'P0420' }];
    // The catalyst's code is stored ten seconds after the start; the car's time runs four times as fast.
    await using _car = await served('stn', modelFor({ profile: 'stn', faults, speedUp: 4 }));
    await systemClock().sleep(6_000, signal);
    const { protocol, answers } = await visit('stn', 115_200);
    expect(protocol).toBe('ISO 15765-4 (CAN 11/500)');
    // It takes the frame number in an answer of service 02 for data, so its freeze frames mean nothing.
    const told = Object.entries(answers).filter(([name]) => !name.startsWith('DTC_'));
    const odd = told.filter(([name, answer]) => !isPlausible(name, answer)).map(([name]) => name);
    // It sign-extends each byte of PID 32 by itself; PID 50 says that it gives no maximum.
    expect(odd.filter((name) => !['EVAP_VAPOR_PRESSURE', 'MAX_MAF'].includes(name))).toEqual([]);
    expect(told.length - odd.length).toBeGreaterThanOrEqual(90);
    expect(answers['VIN']).toEqual({ text: VIN });
  });

  it('finds the rate of a serial dongle by trying', { timeout: TIMEOUT_MS }, async ({ skip }) => {
    if (!python.ok) return skip(python.fault.words);
    const model = modelFor({ profile: 'genuine' });
    const dongle = { ...model, profile: { ...model.profile, baud: 115_200 } };
    await using car = await served('rate', dongle, true);
    const { answers } = await visit('rate', 0, ['RPM', 'SPEED', 'VIN']);
    expect(answers['VIN']).toEqual({ text: VIN });
    expect(car.look().lineBaud).toBe(115_200);
  });

  it('reads a car of 2003 over its K line', { timeout: TIMEOUT_MS }, async ({ skip }) => {
    if (!python.ok) return skip(python.fault.words);
    await using _car = await served('old', modelFor({ profile: 'genuine', protocol: '4' }));
    const { protocol, answers } = await visit('old', 38_400, ['RPM', 'SPEED', 'COOLANT_TEMP', 'GET_DTC']);
    expect(protocol).toBe('ISO 14230-4 (KWP 5BAUD)');
    for (const name of ['RPM', 'SPEED', 'COOLANT_TEMP']) {
      expect(answers[name] !== undefined && isPlausible(name, answers[name]), name).toBe(true);
    }
    expect(answers['GET_DTC']).toEqual({ texts: [] });
  });
});
