import { randomBytes } from 'node:crypto';
import {
  BEACON_REPORT,
  encodeSigned,
  type HeliumSigner,
  type Message,
  SESSION_INIT,
  WITNESS_REPORT,
} from '@outpost/gateway/helium';
import { encodeRequest, readOffer, STREAM_PATH } from '@outpost/gateway/helium-coverage';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import type { IngestReport } from './ingest-words.ts';
import { type RawClient, type RawStream, rawClient, until } from './raw-client.ts';
import { type CoverageOptions, type ServedCoverage, serveCoverage } from './serve-coverage.ts';
import { newSigner } from './testing.ts';

const NONE = new Uint8Array(0);
export const ANY_PORT = new URL('http://127.0.0.1:0');

export type Witness = Message<typeof WITNESS_REPORT>;
export type Beacon = Message<typeof BEACON_REPORT>;

export const witnessOf = (gateway: Uint8Array, change: Partial<Witness> = {}): Witness => ({
  gateway,
  payload: Uint8Array.from(randomBytes(51)),
  timestamp: 1_677_163_770_000_000_000n,
  tmst: 123_456_789,
  signal: -1_050,
  snr: -75,
  frequency: 867_900_000n,
  datarate: 0,
  signature: NONE,
  ...change,
});

export const beaconOf = (gateway: Uint8Array, change: Partial<Beacon> = {}): Beacon => ({
  gateway,
  localEntropy: Uint8Array.from(randomBytes(4)),
  remoteEntropy: Uint8Array.from(randomBytes(32)),
  payload: Uint8Array.from(randomBytes(51)),
  frequency: 867_900_000n,
  channel: 0,
  datarate: 0,
  txPower: 8,
  timestamp: 1_677_163_770_000_000_000n,
  signature: NONE,
  tmst: 0,
  ...change,
});

export const signedWitness = (message: Witness, { sign }: HeliumSigner): Uint8Array =>
  encodeSigned(WITNESS_REPORT, message, sign);

export const signedBeacon = (message: Beacon, { sign }: HeliumSigner): Uint8Array =>
  encodeSigned(BEACON_REPORT, message, sign);

export interface InitChange {
  readonly gateway?: Uint8Array;
  readonly nonce?: Uint8Array;
  readonly sessionKey?: Uint8Array;
  readonly by?: HeliumSigner;
}

/** One gateway that says what it is told to the coverage services, on a real socket. */
export interface CoverageBench extends AsyncDisposable {
  readonly served: ServedCoverage;
  readonly clock: ManualClock;
  readonly client: RawClient;
  readonly gateway: HeliumSigner;
  readonly session: HeliumSigner;
  readonly stream: RawStream;
  readonly taken: readonly IngestReport[];
  /** Waits for the offer; its nonce. */
  offer(): Promise<Uint8Array>;
  /** The answer to the offer, right but for what is changed. */
  init(change?: InitChange): Promise<Uint8Array>;
  /** Agrees on the session. */
  begin(): Promise<void>;
  /** Says a message in its envelope, and waits until the service has judged it. */
  judged(kind: Parameters<typeof encodeRequest>[0], message: Uint8Array): Promise<string>;
  judgedRaw(envelope: Uint8Array): Promise<string>;
}

const wordsOf = ({ ingest: { core } }: ServedCoverage): ReadonlyMap<string, number> => {
  const { sessions, beacons, witnesses, dropped, stopped } = core.tally;
  return new Map([
    ['session', sessions],
    ['beacon', beacons],
    ['witness', witnesses],
    ['dropped', dropped],
    ...stopped,
  ]);
};

export const openCoverageBench = async (options: Partial<CoverageOptions> = {}): Promise<CoverageBench> => {
  const clock = manualClock();
  const taken: IngestReport[] = [];
  const opened = await serveCoverage({
    ...{ clock, ingest: ANY_PORT, entropy: ANY_PORT },
    taken: (report) => void taken.push(report),
    ...options,
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  const served = opened.value;
  const client = rawClient(served.ingest.url);
  const stream = client.open(STREAM_PATH);
  const [gateway, session] = [newSigner(), newSigner()];
  const offer = async (): Promise<Uint8Array> => {
    await until('a session is offered', () => stream.heard.length > 0);
    const nonce = readOffer(stream.heard[0] ?? NONE);
    if (!nonce.ok || nonce.value === undefined) throw new Error('no offer');
    return nonce.value;
  };
  const judgedRaw = async (envelope: Uint8Array): Promise<string> => {
    const before = wordsOf(served);
    let said: string | undefined;
    stream.say(envelope);
    await until('it has judged', () => {
      said = [...wordsOf(served)].find(([word, number]) => number > (before.get(word) ?? 0))?.[0];
      return said !== undefined;
    });
    return said ?? '';
  };
  const init = async (change: InitChange = {}): Promise<Uint8Array> => {
    const message = {
      gateway: change.gateway ?? gateway.key,
      nonce: change.nonce ?? (await offer()),
      sessionKey: change.sessionKey ?? session.key,
      signature: NONE,
    };
    return encodeSigned(SESSION_INIT, message, (change.by ?? gateway).sign);
  };
  const judged: CoverageBench['judged'] = (kind, message) => judgedRaw(encodeRequest(kind, message));
  return {
    ...{ served, clock, client, gateway, session, stream, taken, offer, init, judged, judgedRaw },
    begin: async () => {
      const said = await judged('sessionInit', await init());
      if (said !== 'session') throw new Error(said);
    },
    [Symbol.asyncDispose]: async () => {
      client[Symbol.dispose]();
      await served[Symbol.asyncDispose]();
    },
  };
};
