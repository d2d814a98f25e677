import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dimoWire,
  issuePair,
  type KeyAndCertificate,
  type KeyRing,
  type Network,
  type NetworkSettings,
  newAuthority,
} from '@outpost/gateway';
import { manualClock } from '@outpost/schemas/testing';
import { asciiText, type Clock, concatBytes, type Fault, type Result } from '@outpost/schemas/words';
import { type Box, must, newBox } from '../network/rig.ts';
import { type DimoNodeOptions, type ServedDimoNode, serveDimoNode } from './serve-dimo-node.ts';

/** 2027: certificates and tokens are good by this clock and by the machine's own. */
export const RIG_START_NS = 1_800_000_000_000_000_000n;

export interface Said {
  readonly status: number;
  readonly words: string;
  readonly retryAfter: string | undefined;
}

/** How somebody comes to a port. */
export interface Caller {
  readonly ca: string;
  readonly pair?: KeyAndCertificate | undefined;
  readonly token?: string | undefined;
  readonly method?: string;
  readonly path?: string;
  /** Keeps its connection for the next call. */
  readonly agent?: Agent;
}

export const keepAlive = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 });

/** One request, as plain as it can be; on a connection of its own where no agent keeps one. */
export const call = (url: string, body: string | Uint8Array, caller: Caller): Promise<Said> =>
  new Promise((resolve, reject) => {
    const { ca, pair, token, method = 'POST', path = '/', agent = false } = caller;
    const asked = request(
      url + path,
      {
        method,
        ca,
        agent,
        ...(pair === undefined ? {} : { key: pair.key, cert: pair.certificate }),
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      },
      (answer) => {
        const chunks: Uint8Array[] = [];
        answer.on('data', (chunk: Uint8Array) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            words: asciiText(concatBytes(...chunks)),
            retryAfter: answer.headers['retry-after'],
          }),
        );
      },
    );
    asked.once('error', reject);
    asked.end(body);
  });

/** An ingest, a box with its keys, and the gateway's end towards it. */
export interface DimoRig extends AsyncDisposable {
  readonly directory: string;
  readonly root: KeyAndCertificate;
  readonly served: ServedDimoNode;
  readonly key: ReturnType<typeof dimoWire.dimoKeyOf>;
  readonly box: Box;
  readonly alarms: readonly Fault[];
  /** What stood in the status, one after another. */
  readonly notes: readonly string[];
  /** For the connection's licence that DIMO's staff would hand out. */
  readonly pair: KeyAndCertificate;
  readonly chain: dimoWire.Chain;
  /** Gives a gateway's data directory this rig's identity, bound to that gateway's own key. */
  prepare(data: string, ring: (directory: string) => Promise<Result<KeyRing>>): Promise<void>;
  settings(options?: Readonly<Record<string, unknown>>): NetworkSettings;
  network(options?: Readonly<Record<string, unknown>>, clock?: Clock): Promise<Network>;
}

/** Any licence; the connection's address is another one than the box's own. */
export const LICENCE = '0x5e31bBc786D7bEd95216383787deA1ab0f1c1897';

export const openDimoRig = async (options: Partial<DimoNodeOptions> = {}): Promise<DimoRig> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-dimo-'));
  const { clock = manualClock(RIG_START_NS) } = options;
  const root = options.root ?? (await newAuthority());
  const pair = await issuePair(root, { kind: 'device', name: LICENCE });
  const base = { node: 'din', chain: dimoWire.CHAINS.polygon, host: '127.0.0.1', ports: [0, 0, 0] } as const;
  const served = must(await serveDimoNode({ ...base, root, clock, ...options }));
  const paths = ['authority.pem', 'licence.pem', 'licence-key.pem'].map((name) => join(directory, name));
  const [authority = '', certificate = '', keyFile = ''] = paths;
  await writeFile(authority, root.certificate);
  await writeFile(certificate, pair.certificate);
  await writeFile(keyFile, pair.key, { mode: 0o600 });
  const key = must(await dimoWire.ensureDimoKey(directory));
  const box = await newBox(join(directory, 'keys'));
  must(await dimoWire.writeBinding(directory, dimoWire.sealBinding(key, box.ring.gateway())));
  const alarms: Fault[] = [];
  const notes: string[] = [];
  const networks: Network[] = [];

  const settings: DimoRig['settings'] = (over = {}) => {
    const all = {
      vehicles: { car: 33 },
      node: options.node ?? 'din',
      authority,
      certificate: { file: certificate, key: keyFile },
      ...over,
    };
    const known = Object.entries(all).filter(([, value]) => value !== undefined);
    return { name: 'dimo', url: served.statusUrl, options: Object.fromEntries(known) };
  };

  return {
    directory,
    root,
    served,
    key,
    box,
    alarms,
    notes,
    pair,
    chain: options.chain ?? base.chain,
    prepare: async (data, ring) => {
      const own = join(data, 'networks', 'dimo');
      await mkdir(own, { recursive: true, mode: 0o700 });
      await chmod(data, 0o700);
      const { gateway } = must(await ring(join(data, 'keys')));
      const made = must(await dimoWire.ensureDimoKey(own));
      must(await dimoWire.writeBinding(own, dimoWire.sealBinding(made, gateway())));
    },
    settings,
    network: async (over, own = clock) => {
      const made = must(
        await dimoWire.openDimo(settings(over), {
          clock: own,
          directory,
          keyRecords: () => box.ring.records(),
          signed: () => Promise.resolve(undefined),
          order: (_, { id }) => Promise.resolve({ id, kind: 'refused', code: 'no-device', words: 'none.' }),
          alarm: (fault) => alarms.push(fault),
          note: (words) => notes.push(words),
        }),
      );
      networks.push(made);
      return made;
    },
    [Symbol.asyncDispose]: async () => {
      for (const each of networks) await each[Symbol.asyncDispose]();
      await served[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
};
