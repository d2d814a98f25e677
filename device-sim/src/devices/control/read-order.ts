import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { CarState } from '../../car/car.ts';
import { CYCLE_NAMES, cycleOf, isCycleName } from '../../cycles/cycle.ts';
import type { Order } from '../elm327.ts';
import { checkFaults, type FaultEntry } from '../faults.ts';
import { holdSpeed, takeRoute, turnKey } from './routes.ts';

/** What somebody asks at the control socket. */
export type Wish =
  | { readonly kind: 'status' }
  /** An order that may depend on what the car does when it is given. */
  | { readonly kind: 'order'; readonly make: (car: CarState) => Order };

type Asked = Readonly<Record<string, unknown>>;

const SPEED_MAX_KMH = 250;
const UNPLUG_MS = 5_000;

const wrong = (words: string): Result<Wish> =>
  fail(fault('misconfigured', 'sim.control', 'control socket', words));

const order = (make: (car: CarState) => Order): Result<Wish> => ok({ kind: 'order', make });

/** A fault that begins now, given as an entry of a script without its time. */
const faultNow = (entry: Asked): Result<Wish> => {
  const checked = checkFaults([{ ...entry, atMs: 0 }], 'control socket');
  if (!checked.ok) return wrong(checked.fault.words.replace(/entry 1 of the fault script/, 'the fault'));
  const [one] = checked.value;
  return order(() => ({ kind: 'fault', entry: one as FaultEntry }));
};

const speed = ({ kmh }: Asked): Result<Wish> => {
  if (typeof kmh !== 'number' || !(kmh >= 0 && kmh <= SPEED_MAX_KMH)) {
    return wrong(`"kmh" must be a number from 0 to ${SPEED_MAX_KMH}.`);
  }
  return order((car) => holdSpeed(car, kmh));
};

const route = ({ cycle }: Asked): Result<Wish> => {
  if (typeof cycle !== 'string' || !isCycleName(cycle)) {
    return wrong(`"cycle" must be one of ${CYCLE_NAMES.join(', ')}.`);
  }
  return order((car) => takeRoute(car, cycleOf(cycle)));
};

const ignition = ({ to }: Asked): Result<Wish> =>
  to === 'on' || to === 'key' || to === 'off'
    ? order((car) => turnKey(car, to))
    : wrong('"to" must be one of on, key, off.');

/** What can be done, each with an example that stands in the help. */
const DOINGS: Readonly<Record<string, { readonly example: string; read(asked: Asked): Result<Wish> }>> = {
  status: { example: '{"do":"status"}', read: () => ok({ kind: 'status' }) },
  speed: { example: '{"do":"speed","kmh":80}', read: speed },
  route: { example: '{"do":"route","cycle":"udds"}', read: route },
  ignition: { example: '{"do":"ignition","to":"off"}', read: ignition },
  code: {
    example: '{"do":"code","code":"P0301"}',
    read: ({ code }) => faultNow({ what: 'dtc-appears', code }),
  },
  'clear-codes': { example: '{"do":"clear-codes"}', read: () => order(() => ({ kind: 'forget-codes' })) },
  vin: {
    example: '{"do":"vin","vin":"1M8GDM9AXKP042788"}',
    read: ({ vin }) => faultNow({ what: 'vin-swap', ...(vin === undefined ? {} : { vin }) }),
  },
  unplug: {
    example: '{"do":"unplug","forMs":5000}',
    read: ({ forMs = UNPLUG_MS }) => faultNow({ what: 'unplug', forMs }),
  },
  drop: {
    example: '{"do":"drop","frames":3}',
    read: ({ frames }) => faultNow({ what: 'drop-frames', count: frames ?? 1 }),
  },
  fault: {
    example: '{"do":"fault","what":"noise","forMs":2000}',
    read: ({ do: _, ...entry }) => faultNow(entry),
  },
  calm: { example: '{"do":"calm"}', read: () => order(() => ({ kind: 'calm' })) },
};

export const CONTROL_EXAMPLES: readonly string[] = Object.values(DOINGS).map(({ example }) => example);

/** One line of the control socket. A fault says what is wrong with it and what there is. */
export const readOrder = (line: string): Result<Wish> => {
  let asked: unknown;
  try {
    asked = JSON.parse(line);
  } catch {
    return wrong('a line must be a JSON object such as {"do":"status"}.');
  }
  if (typeof asked !== 'object' || asked === null || Array.isArray(asked)) {
    return wrong('a line must be a JSON object such as {"do":"status"}.');
  }
  const record = asked as Asked;
  const doing = record['do'];
  if (typeof doing !== 'string' || !Object.hasOwn(DOINGS, doing)) {
    return wrong(`"do" must be one of ${Object.keys(DOINGS).join(', ')}.`);
  }
  return DOINGS[doing]!.read(record);
};
