import {
  checkSlcanOptions,
  createRig,
  noProfileFile,
  type Rig,
  readText,
  slcanParts,
} from '@outpost/firmware-bridge/wires';
import type { CanProtocol } from '../../car/bus.ts';
import { type CodeMemory, NO_CODES } from '../../car/codes.ts';
import { identityOf } from '../../car/identity.ts';
import { endlessDrive, type Plan } from '../../car/plan.ts';
import { type VehicleName, vehicleOf } from '../../car/vehicles/vehicles.ts';
import { cycleOf } from '../../cycles/cycle.ts';
import { type SlcanModel, type SlcanState, slcanDevice } from '../slcan.ts';

export interface SlcanChoice {
  readonly vehicle?: VehicleName;
  readonly protocol?: CanProtocol;
  readonly broadcasts?: boolean;
  readonly seed?: number;
  readonly plan?: Plan;
  readonly flowTimeoutMs?: number;
  readonly codes?: CodeMemory;
}

/** A petrol car on the WLTC behind an adapter, with the usual where nothing is chosen. */
export const slcanModelOf = (choice: SlcanChoice = {}): SlcanModel => {
  const {
    vehicle = 'petrol-manual',
    protocol = '6',
    broadcasts = false,
    seed = 1,
    plan,
    flowTimeoutMs = 75,
    codes = NO_CODES,
  } = choice;
  return {
    car: {
      parameters: vehicleOf(vehicle),
      plan: plan ?? endlessDrive(cycleOf('wltc')),
      seed,
      ambientC: 20,
      barometricKpa: 100,
    },
    identity: identityOf(seed),
    protocol,
    speedUp: 1,
    codes,
    broadcasts,
    flowTimeoutMs,
  };
};

/** The gateway's dialogue and the simulated adapter in simulated time. */
export interface SlcanMet {
  readonly rig: Rig;
  readonly state: () => SlcanState;
  /** Lets time pass. */
  run(ms: number): void;
}

/** The way to the adapter takes up to so long, as over USB. */
const HOP_MS = 4;
const MIN_HOP_MS = 0.1;

/** `line` is what lies between adapter and gateway: what comes out of it for what goes in. */
export const meetSlcan = (
  model: SlcanModel,
  options: unknown = {},
  line: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): SlcanMet => {
  const checked = checkSlcanOptions(options, readText, noProfileFile);
  if (!checked.ok) throw new Error(`${checked.fault.where}: ${checked.fault.words}`);
  const device = slcanDevice(model);
  let state = device.initial;
  let nowMs = 0;
  const toDevice: Uint8Array[] = [];
  const rig = createRig(slcanParts.codec, slcanParts.session(checked.value), (bytes) => {
    toDevice.push(bytes);
    return [];
  });
  let wakeAtMs: number | undefined = 0;
  const feed = (input: Parameters<typeof device.step>[1]): void => {
    const step = device.step(state, input, nowMs);
    state = step.state;
    wakeAtMs = step.wakeAtMs;
    if (step.bytes.length > 0) rig.receive(line(step.bytes));
  };
  return {
    rig,
    state: () => state,
    run: (ms) => {
      for (const end = nowMs + ms; nowMs < end; ) {
        for (const bytes of toDevice.splice(0)) feed({ kind: 'bytes', bytes });
        const nextMs = Math.min(end, nowMs + HOP_MS, wakeAtMs ?? end);
        const hopMs = Math.max(MIN_HOP_MS, nextMs - nowMs);
        nowMs += hopMs;
        rig.run(hopMs);
        if (wakeAtMs === undefined || wakeAtMs <= nowMs) feed({ kind: 'time' });
      }
      feed({ kind: 'time' });
    },
  };
};
