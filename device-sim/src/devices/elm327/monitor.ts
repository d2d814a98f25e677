import { CAN_PROTOCOLS, isCanProtocol } from '../../car/bus.ts';
import { carAt } from '../../car/car.ts';
import { isAwake } from '../../car/network.ts';
import { inForce } from '../faults.ts';
import { type Broadcast, broadcastBytes, carBroadcasts } from '../slcan/car-dbc.ts';
import { frameEvents } from './layout.ts';
import { printEvent, printPrompt, wireMs } from './print.ts';
import { receives } from './settings.ts';
import { type Busy, counted, type DongleModel, type DongleState } from './state.ts';

type Monitoring = Extract<Busy, { kind: 'monitor' }>;

/** What the chip can hold of what its serial line is too slow for (ELM327 data sheet, “BUFFER FULL”). */
const BUFFER_BYTES = 512;

/** What the car says on its bus by itself, in the order of its messages. */
const BROADCASTS: readonly Broadcast[] = carBroadcasts();

/** Listening from this moment on. */
export const listening = (sinceMs: number): Monitoring => ({
  kind: 'monitor',
  sinceMs,
  heard: BROADCASTS.map(() => 0),
});

const dueOf = ({ sinceMs, heard }: Monitoring, index: number): number =>
  sinceMs + ((heard[index] ?? 0) + 1) * (BROADCASTS[index]?.everyMs ?? Number.POSITIVE_INFINITY);

/** When the next message of the car comes; never while nobody listens. */
export const monitorDueMs = ({ busy }: DongleState): number =>
  busy?.kind === 'monitor'
    ? BROADCASTS.reduce(
        (soonest, _, index) => Math.min(soonest, dueOf(busy, index)),
        Number.POSITIVE_INFINITY,
      )
    : Number.POSITIVE_INFINITY;

const isHeard = (model: DongleModel, { settings, car }: DongleState, { message }: Broadcast): boolean => {
  const { protocol } = model;
  const chosen = settings.found ?? settings.protocol;
  if (!isCanProtocol(protocol) || (chosen !== protocol && chosen !== '0') || !isAwake(car)) return false;
  const long = CAN_PROTOCOLS[protocol].bits === 29;
  return message.extended === long && receives(settings, protocol, message.id);
};

/** Takes what the car says at `atMs`. A full buffer ends the listening with a line that breaks off. */
export const hearBroadcast = (model: DongleModel, before: DongleState, atMs: number): DongleState => {
  const { busy } = before;
  if (busy?.kind !== 'monitor') return before;
  const index = BROADCASTS.findIndex((_, at) => dueOf(busy, at) <= atMs);
  const broadcast = BROADCASTS[index];
  if (broadcast === undefined) return before;
  const count = busy.heard[index] ?? 0;
  const heard = busy.heard.with(index, count + 1);
  const car = carAt(before.carModel, before.car, atMs * model.speedUp);
  const state: DongleState = { ...before, nowMs: atMs, car, busy: { ...busy, heard } };
  if (!isHeard(model, state, broadcast)) return state;
  const data = broadcastBytes(broadcast, car, count);
  const frame = { id: broadcast.message.id, bits: broadcast.message.extended ? 29 : 11, data } as const;
  const raw = { ...state.settings, autoFormat: false };
  const [event] = frameEvents(frame, raw, model.profile);
  const waitingMs = state.freeAtMs - atMs;
  const full = waitingMs > wireMs(BUFFER_BYTES, state.baud) || inForce(state.script, 'buffer-full', atMs);
  if (!full) return event === undefined ? state : printEvent(state, event, atMs);
  const groups = event?.kind === 'hex' ? event.groups.slice(0, Math.ceil(event.groups.length / 2)) : [];
  const said = printEvent(
    { ...state, busy: undefined },
    { kind: 'trouble', trouble: 'buffer-full', groups },
    atMs,
  );
  return counted(printPrompt(said, atMs), { stopped: 1 });
};
