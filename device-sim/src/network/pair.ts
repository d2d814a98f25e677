import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyText, type Network, type Outcome, openOutpost } from '@outpost/gateway';
import { manualClock } from '@outpost/schemas/testing';
import { type Clock, equalBytes, type Fault } from '@outpost/schemas/words';
import { checkNetworkFaults } from './network-faults.ts';
import { type Box, must, newBox } from './rig.ts';
import { type NetworkOptions, type ServedNetwork, serveNetwork } from './serve-network.ts';

/** A gateway's end of the wire, with what it would tell its operator. */
export interface Sender extends AsyncDisposable {
  readonly network: Network;
  readonly alarms: readonly Fault[];
}

/** A network on a free port of this machine, boxes that sign, and gateways' ends that send to it. */
export interface Playground extends AsyncDisposable {
  readonly directory: string;
  readonly served: ServedNetwork;
  /** The same network, started anew over the memory of the old. */
  restart(options?: Partial<NetworkOptions>): Promise<ServedNetwork>;
  box(name: string, kind?: 'file' | 'demo'): Promise<Box>;
  sender(box: Box, over?: { readonly clock?: Clock; readonly key?: string; readonly url?: string }): Sender;
}

const NEVER = new AbortController().signal;

export const openPlayground = async (
  options: Partial<Omit<NetworkOptions, 'faults'>> = {},
  faults: readonly unknown[] = [],
): Promise<Playground> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-network-'));
  const serve = async (over: Partial<NetworkOptions>): Promise<ServedNetwork> =>
    must(
      await serveNetwork({
        listen: new URL('http://127.0.0.1:0'),
        stateDirectory: join(directory, 'network'),
        name: 'play',
        acceptSimulated: false,
        clock: manualClock(),
        faults: must(checkNetworkFaults(faults, 'the test')),
        ...options,
        ...over,
      }),
    );
  let served = await serve({});
  const senders: Sender[] = [];

  const sender: Playground['sender'] = (box, over = {}) => {
    const alarms: Fault[] = [];
    const settings = {
      name: 'play',
      url: over.url ?? served.url,
      key: over.key ?? keyText(served.publicKey),
      options: {},
    };
    const network = must(
      openOutpost(settings, {
        clock: over.clock ?? manualClock(),
        directory: '/nowhere',
        keyRecords: () => box.ring.records(),
        signed: (_, head) => {
          const own = box.heads.find(
            (each) => each.counter === head.counter && equalBytes(each.epoch, head.epoch),
          );
          return Promise.resolve(own === undefined ? undefined : equalBytes(own.hash, head.hash));
        },
        order: (_, { id }) => Promise.resolve({ id, kind: 'refused', code: 'no-device', words: 'none.' }),
        alarm: (fault) => alarms.push(fault),
      }),
    );
    const made: Sender = { network, alarms, [Symbol.asyncDispose]: () => network[Symbol.asyncDispose]() };
    senders.push(made);
    return made;
  };

  return {
    directory,
    get served() {
      return served;
    },
    restart: async (over = {}) => {
      await served[Symbol.asyncDispose]();
      served = await serve({ listen: new URL(served.url), ...over });
      return served;
    },
    box: (name, kind = 'file') => newBox(join(directory, name), kind),
    sender,
    [Symbol.asyncDispose]: async () => {
      for (const each of senders) await each[Symbol.asyncDispose]();
      await served[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
};

/** `settled`, or how else it ended: `refused fork`, `kept outpost.busy`. */
export const ending = (outcome: Outcome | undefined): string => {
  if (outcome === undefined) return 'nothing';
  if (outcome.kind === 'refused') return `refused ${outcome.code}`;
  return outcome.kind === 'kept' ? `kept ${outcome.fault.code}` : outcome.kind;
};

export const send = async (
  { network }: Sender,
  items: Parameters<Network['deliver']>[0],
  signal: AbortSignal = NEVER,
): Promise<readonly string[]> => (await network.deliver(items, signal)).map(ending);
