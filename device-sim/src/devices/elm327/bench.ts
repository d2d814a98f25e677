import { CHANNEL } from '../../car/channels.ts';
import type { ControlUnit } from '../../car/ecu.ts';
import type { Moment } from '../../car/engine-pids.ts';
import { pendingBefore } from '../../car/uds.ts';
import { drawAt } from '../../random/draw-at.ts';
import type { FaultEntry, Mishap } from '../faults.ts';
import type { BusProtocol } from './bus-protocol.ts';
import type { Profile, Spread } from './profile.ts';
import type { Settings } from './settings.ts';
import type { Event } from './wire.ts';

/** Everything that an exchange with the car depends on. */
export interface Bench {
  readonly profile: Profile;
  readonly settings: Settings;
  /** What the car speaks. */
  readonly protocol: BusProtocol;
  readonly units: readonly ControlUnit[];
  readonly moment: Moment;
  /** Counts the exchanges: every draw of chance hangs on it. */
  readonly number: number;
  /** The longest wait for a frame that the chip has got used to, ms. */
  readonly rhythmMs: number;
  /** Since the last answer on the bus ended, ms. */
  readonly restedMs: number;
  readonly inForce: (what: Mishap) => FaultEntry | undefined;
}

/** One frame or message of an answer, as the chip prints it. */
export interface Answer {
  /** After the request went out. */
  readonly atMs: number;
  readonly events: readonly Event[];
}

/** A number from 0 to 1 that belongs to this exchange and this use. */
export const draw = (bench: Bench, use: number): number =>
  drawAt(bench.moment.model.seed, CHANNEL.adapter * 16 + use, bench.number);

export const scattered = ({ meanMs, spreadMs }: Spread, chance: number): number =>
  meanMs + spreadMs * (2 * chance - 1);

/** How control units think slower while that fault is in force. */
export const slowness = (bench: Bench): number => (bench.inForce('slow-ecu') === undefined ? 1 : 5);

const neighbour = (payload: Uint8Array): Uint8Array => {
  const changed = payload.slice();
  if (changed.length > 2 && changed[0] !== 0x7f) changed[1] = ((changed[1] ?? 0) + 1) & 0xff;
  return changed;
};

/** What a unit really sends for an answer, message by message, each with its time after the first. */
export const sentPayloads = (
  bench: Bench,
  unit: number,
  service: number,
  payload: Uint8Array,
): readonly { readonly afterMs: number; readonly bytes: Uint8Array }[] => {
  const said = bench.inForce('wrong-pid') === undefined ? payload : neighbour(payload);
  const scripted = bench.inForce('response-pending');
  const { times, everyMs } =
    scripted === undefined
      ? pendingBefore(service, bench.moment.model.seed, unit, bench.number)
      : { times: scripted.count ?? 1, everyMs: scripted.delayMs };
  return [
    ...Array.from({ length: times }, (_, i) => ({
      afterMs: i * everyMs,
      bytes: Uint8Array.of(0x7f, service, 0x78),
    })),
    { afterMs: times * everyMs, bytes: said },
  ];
};
