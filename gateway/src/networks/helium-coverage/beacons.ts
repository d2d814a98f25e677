import { beaconItem, buildBeacon, type RemoteEntropy } from '@outpost/schemas/radio';
import {
  type Clock,
  elapsedMs,
  type Fault,
  fault,
  NS_PER_S,
  type Order,
  type OrderId,
  type OrderOutcome,
  type Result,
} from '@outpost/schemas/words';
import type { RegionWatch } from '../helium/region-watch.ts';
import type { BeaconBook } from './beacon-book.ts';
import { nextBeaconS } from './schedule.ts';
import type { Beaconer } from './settings.ts';

/** How long after a failure to make a beacon another is thought of. */
const AGAIN_S = 600;
const LOCAL_ENTROPY_BYTES = 4;
/** The longest that is slept without looking at the clock, which may have been set. */
const NAP_MS = 600_000;

export interface BeaconsParts {
  readonly clock: Clock;
  /** Of the network, in front of the numbers of its orders. */
  readonly name: string;
  readonly beaconer: Beaconer;
  readonly forwarderGainDbi: number;
  readonly watch: RegionWatch;
  readonly book: BeaconBook;
  /** Entropy of the service, or why there is none; undefined where it is not to be asked now. */
  ask(nowS: () => number, signal: AbortSignal): Promise<Result<RemoteEntropy> | undefined>;
  order(device: string, order: Order): Promise<OrderOutcome>;
  random(): number;
  randomBytes(count: number): Uint8Array;
  /** A beacon was not sent for a reason that a person can mend. */
  alarm(fault: Fault): void;
}

/** Seconds since 1970 by the configuration service where it has answered in this run, else by this box. */
export const serverNowS = (clock: Clock, { params, answeredAt }: RegionWatch): number =>
  params === undefined || answeredAt === undefined
    ? Number(clock.wall() / NS_PER_S)
    : params.timestampS + Math.floor(elapsedMs(answeredAt, clock.mono()) / 1_000);

/** Sends one gateway's beacons by the rule, until the signal aborts. */
export const runBeacons = async (parts: BeaconsParts, signal: AbortSignal): Promise<void> => {
  const { clock, name, beaconer, watch, book, random } = parts;
  const { gateway, device } = beaconer;
  const nowS = (): number => serverNowS(clock, watch);
  let told = '';
  let number = 0;

  const tell = (code: string, words: string): void => {
    const said = `a beacon of gateway ${gateway} was not sent: ${words}`;
    if (said !== told) parts.alarm(fault('refused', `helium.beacon-${code}`, `network ${name}`, said));
    told = said;
  };

  /** Makes one and has it sent; nothing is sent that could not be reported, or without the region's own word. */
  const beacon = async (): Promise<void> => {
    const { params } = watch;
    if (params === undefined) return;
    const remote = await parts.ask(nowS, signal);
    if (remote?.ok !== true) return;
    const entropy = { remoteEntropy: remote.value, localEntropy: parts.randomBytes(LOCAL_ENTROPY_BYTES) };
    const built = buildBeacon(remote.value, entropy.localEntropy, params.plan, params.gainDdbi);
    if (!built.ok) {
      tell('build', built.fault.words);
      return;
    }
    const kept = await book.keep({ payload: built.value.payload, gateway, atS: nowS(), entropy });
    if (!kept.ok) {
      tell('book', kept.fault.words);
      return;
    }
    number += 1;
    const id = `${name}-beacon-${gateway}-${number}` as OrderId;
    const items = [beaconItem(built.value, parts.forwarderGainDbi)];
    const outcome = await parts.order(device, { id, kind: 'beacon', gateway, items });
    if (outcome.kind === 'refused') tell(outcome.code, outcome.words);
    else told = '';
  };

  let earliestS = 0;
  for (;;) {
    const dueS = nextBeaconS(nowS(), book.lastS(gateway), earliestS, random);
    while (nowS() < dueS) await clock.sleep(Math.min((dueS - nowS()) * 1_000, NAP_MS), signal);
    await beacon();
    earliestS = nowS() + AGAIN_S;
  }
};
