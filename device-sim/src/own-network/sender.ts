import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { type AnyNetwork, type Delivery, type Network, type Outcome, openNetwork } from '@outpost/gateway';
import { leafHashes, readAttestation, strictVerifier, treeRoot } from '@outpost/schemas/evidence';
import { type Fault, fromBase64, toHex } from '@outpost/schemas/words';
import { type Box, must, newBox } from '../network/rig.ts';

const NEVER = new AbortController().signal;

/** A gateway's end of a network that somebody builds for himself, with a box that signs. */
export interface OwnNetwork extends AsyncDisposable {
  readonly box: Box;
  readonly alarms: readonly Fault[];
  batches(count: number): Promise<Delivery[]>;
  send(items: readonly Delivery[]): Promise<readonly Outcome[]>;
}

export const scratch = async () => {
  const path = await mkdtemp(join(tmpdir(), 'outpost-own-'));
  return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true }) };
};

const isForAttestations = (network: AnyNetwork): network is Network => network.follows === 'attestations';

/**
 * Any kind of network that takes attestations, as the gateway opens it; it is kept connected until it is disposed of.
 */
export const openOwn = async (
  kind: string,
  url: string,
  options: Record<string, unknown> = {},
): Promise<OwnNetwork> => {
  const directory = await scratch();
  const box = await newBox(directory.path);
  const alarms: Fault[] = [];
  const network = must(
    await openNetwork(
      kind,
      { name: 'own', url, options },
      {
        clock: systemClock(),
        directory: directory.path,
        keyRecords: () => [],
        signed: () => Promise.resolve(undefined),
        order: (_, { id }) => Promise.resolve({ id, kind: 'refused', code: 'none', words: 'none.' }),
        alarm: (fault) => alarms.push(fault),
      },
    ),
  );
  if (!isForAttestations(network)) throw new Error('it follows readings');
  const stopping = new AbortController();
  const running = network.run?.(stopping.signal).catch(() => undefined);
  return {
    box,
    alarms,
    batches: async (count) => {
      const made: Delivery[] = [];
      for (let i = 0; i < count; i += 1) made.push(await box.batch());
      return made;
    },
    send: (items) => network.deliver(items, NEVER),
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error('the test is over'));
      await running;
      await network[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
};

const bytesOf = (text: string): Uint8Array => {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new Error(`no base64: ${text}`);
  return bytes;
};

/** What an event brings. */
export interface EventContent {
  readonly deviceKey: string;
  readonly attestation: string;
  readonly leaves?: readonly string[];
  readonly readings: readonly Record<string, unknown>[];
}

/** Checks with nothing but the event whether the device key signed the leaves in it. */
export const holds = ({ attestation, deviceKey, leaves = [] }: EventContent): boolean => {
  const read = must(readAttestation(bytesOf(attestation)));
  const { key, message, signature } = read.signed;
  const root = treeRoot(leafHashes(leaves.map(bytesOf)));
  return (
    strictVerifier()(key, message, signature) && toHex(key) === deviceKey && toHex(root) === toHex(read.root)
  );
};
