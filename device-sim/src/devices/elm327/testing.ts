import { asciiBytes, asciiText } from '@outpost/schemas/words';
import { identityOf } from '../../car/identity.ts';
import { endlessDrive, type Plan, parkedFirst, parked as parkedPlan } from '../../car/plan.ts';
import { type VehicleName, vehicleOf } from '../../car/vehicles/vehicles.ts';
import { type CycleName, cycleOf } from '../../cycles/cycle.ts';
import { type DongleModel, type DongleState, newDongle, stepDongle } from '../elm327.ts';
import { checkFaults } from '../faults.ts';
import type { BusProtocol } from './bus-protocol.ts';
import { type ProfileName, profileOf } from './profile.ts';

export interface ModelChoice {
  readonly seed?: number;
  readonly vehicle?: VehicleName;
  readonly profile?: ProfileName;
  readonly protocol?: BusProtocol;
  readonly cycle?: CycleName;
  readonly parked?: boolean;
  /** Stand parked so long before the first start. */
  readonly parkS?: number;
  readonly speedUp?: number;
  readonly faults?: readonly Readonly<Record<string, unknown>>[];
}

const planOf = ({ cycle = 'wltc', parked = false, parkS = 0 }: ModelChoice): Plan => {
  if (parked) return parkedPlan;
  return parkS > 0 ? parkedFirst(cycleOf(cycle), parkS) : endlessDrive(cycleOf(cycle));
};

/** A car as the command line makes it, with the usual where nothing is chosen. */
export const modelOf = (choice: ModelChoice = {}): DongleModel => {
  const { seed = 1, vehicle = 'petrol-manual', profile = 'genuine', protocol = '6', speedUp = 1 } = choice;
  const faults = checkFaults(choice.faults ?? [], 'test');
  if (!faults.ok) throw new Error(faults.fault.words);
  return {
    profile: profileOf(profile),
    car: { parameters: vehicleOf(vehicle), plan: planOf(choice), seed, ambientC: 20, barometricKpa: 100 },
    identity: identityOf(seed),
    protocol,
    faults: faults.value,
    speedUp,
  };
};

/** A person at a terminal, whose time passes only as they say. */
export interface Dialogue {
  /** Sends a command with its carriage return and waits for the prompt; returns all that was said. */
  ask(command: string): string;
  /** Sends letters and does not wait. */
  type(text: string): void;
  /** Lets milliseconds pass and returns all that was said meanwhile, and what `type` brought. */
  pass(ms: number): string;
  nowMs(): number;
  state(): DongleState;
}

/** The longest that `ask` waits for a prompt: a clone's failing search takes 9 s. */
const PATIENCE_MS = 15_000;

export const dialogue = (model: DongleModel): Dialogue => {
  let state = newDongle(model);
  let nowMs = 0;
  let said = '';

  const type = (text: string): void => {
    const step = stepDongle(model, state, { kind: 'bytes', bytes: asciiBytes(text) }, nowMs);
    state = step.state;
    said += asciiText(step.bytes);
  };
  const take = (): string => {
    const text = said;
    said = '';
    return text;
  };
  const wait = (untilMs: number, isDone: () => boolean): void => {
    while (nowMs < untilMs && !isDone()) {
      const { wakeAtMs } = stepDongle(model, state, { kind: 'time' }, nowMs);
      nowMs = Math.min(untilMs, Math.max(wakeAtMs ?? untilMs, nowMs));
      const step = stepDongle(model, state, { kind: 'time' }, nowMs);
      state = step.state;
      said += asciiText(step.bytes);
    }
  };
  return {
    ask: (command) => {
      said = '';
      type(`${command}\r`);
      wait(nowMs + PATIENCE_MS, () => said.endsWith('>'));
      return take();
    },
    type,
    pass: (ms) => {
      wait(nowMs + ms, () => false);
      return take();
    },
    nowMs: () => nowMs,
    state: () => state,
  };
};

/** Everything said after each command, the car idling with its engine on for five seconds. */
export const transcript = (model: DongleModel, ...commands: readonly string[]): readonly string[] => {
  const talk = dialogue(model);
  talk.pass(5_000);
  return commands.map((command) => talk.ask(command));
};
