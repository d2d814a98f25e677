import { randomBytes } from 'node:crypto';
import {
  encodeSigned,
  encodeUp,
  type HeliumSigner,
  keypairOf,
  type Message,
  type PACKET_UP,
  REGISTER,
  ROUTE_PATH,
  SESSION_INIT,
  signerOf,
} from '@outpost/gateway/helium';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import { type RawClient, type RawStream, rawClient, until } from './raw-client.ts';
import { type HeliumOptions, type ServedHelium, serveHelium } from './serve-router.ts';

const NONE = new Uint8Array(0);

export const newSigner = (
  kind: Parameters<typeof keypairOf>[1] = 'ed25519',
  network: Parameters<typeof keypairOf>[0] = 'mainnet',
): HeliumSigner => {
  for (;;) {
    const pair = keypairOf(network, kind, Uint8Array.from(randomBytes(32)));
    if (pair.ok) return signerOf(pair.value);
  }
};

/** An unconfirmed uplink of so many bytes that no other one is like. */
export const uplinkPhy = (bytes = 24): Uint8Array => {
  const phy = Uint8Array.from(randomBytes(bytes));
  phy.set([0x40, 1, 2, 3, 0x48, 0x00], 0);
  phy[8] = 7;
  return phy;
};

export const joinPhy = (): Uint8Array => {
  const phy = Uint8Array.from(randomBytes(23));
  phy[0] = 0;
  return phy;
};

export type Packet = Message<typeof PACKET_UP>;

export const packetOf = (gateway: Uint8Array, change: Partial<Packet> = {}): Packet => ({
  payload: uplinkPhy(),
  timestamp: 1_000n,
  rssi: -90,
  frequency: 868_100_000,
  datarate: 5,
  snr: 7.5,
  region: 1,
  holdTime: 3n,
  gateway,
  signature: NONE,
  ...change,
});

export const registerOf = (
  signer: HeliumSigner,
  change: Partial<Message<typeof REGISTER>> = {},
): Uint8Array => {
  const register = { timestamp: 1_677_163_770_000n, gateway: signer.key, signature: NONE };
  return encodeSigned(
    REGISTER,
    { ...register, sessionCapable: true, packetAckInterval: 0, ...change },
    signer.sign,
  );
};

export const initOf = (signer: HeliumSigner, nonce: Uint8Array, sessionKey: Uint8Array): Uint8Array =>
  encodeSigned(SESSION_INIT, { gateway: signer.key, nonce, sessionKey, signature: NONE }, signer.sign);

/** One gateway that says what it is told, on a real socket, and the servers behind it under a clock of their own. */
export interface Bench extends AsyncDisposable {
  readonly served: ServedHelium;
  readonly clock: ManualClock;
  readonly client: RawClient;
  readonly gateway: HeliumSigner;
  readonly session: HeliumSigner;
  readonly stream: RawStream;
  /** The last nonce that was offered; all zeros before. */
  readonly nonce: Uint8Array;
  /** Registers, and waits for the offer. */
  register(): Promise<void>;
  /** Registers and agrees on the session. */
  begin(): Promise<void>;
  /** Says a message in its envelope, and waits until the router has judged it: `taken`, `registered`, a reason. */
  judged(kind: Parameters<typeof encodeUp>[0], message: Uint8Array): Promise<string>;
  judgedRaw(envelope: Uint8Array): Promise<string>;
}

/** Everything that the router has ever said of anything, as words with counts. */
const wordsOf = ({ router: { tally } }: ServedHelium): ReadonlyMap<string, number> =>
  new Map([
    ['taken', tally.taken],
    ['registered', tally.registered],
    ['session', tally.sessions],
    ['nonce', tally.nonceMismatches],
    ...tally.dropped,
    ...tally.stopped,
  ]);

export const openBench = async (options: Partial<HeliumOptions> = {}): Promise<Bench> => {
  const clock = manualClock();
  const opened = await serveHelium({ listen: new URL('http://127.0.0.1:0'), clock, ...options });
  if (!opened.ok) throw new Error(opened.fault.words);
  const served = opened.value;
  const client = rawClient(served.url);
  const stream = client.open(ROUTE_PATH);
  const [gateway, session] = [newSigner(), newSigner()];
  const nonce = (): Uint8Array => {
    const offers = stream.downs.filter((down) => down.kind === 'offer');
    return offers.at(-1)?.nonce ?? new Uint8Array(32);
  };
  const judgedRaw = async (envelope: Uint8Array): Promise<string> => {
    const before = wordsOf(served);
    stream.say(envelope);
    let said: string | undefined;
    await until('the router has judged it', () => {
      said = [...wordsOf(served)].find(([word, number]) => number > (before.get(word) ?? 0))?.[0];
      return said !== undefined;
    });
    return said ?? '';
  };
  const judged: Bench['judged'] = (kind, message) => judgedRaw(encodeUp(kind, message));
  const register = async (): Promise<void> => {
    await judged('register', registerOf(gateway));
    await until('a session is offered', () => stream.downs.length > 0);
  };
  return {
    served,
    clock,
    client,
    gateway,
    session,
    stream,
    get nonce() {
      return nonce();
    },
    register,
    begin: async () => {
      await register();
      await judged('sessionInit', initOf(gateway, nonce(), session.key));
    },
    judged,
    judgedRaw,
    [Symbol.asyncDispose]: async () => {
      client[Symbol.dispose]();
      await served[Symbol.asyncDispose]();
    },
  };
};

/** What is done to a router in a table of cases, and comes back with its judgement. */
export type Act = (bench: Bench) => Promise<string>;

/** A case: what, its expected judgement, and how to bring it about. */
export type Case = readonly [what: string, expected: string, act: Act];

const STOPS: ReadonlySet<string> = new Set(['bad_register', 'bad_session_init', 'bad_envelope']);

/** The judgement of a case on servers of its own; said beside it where a stream is over that should go on. */
export const judgementOf = async (act: Act): Promise<string> => {
  await using bench = await openBench();
  const said = await act(bench);
  if (STOPS.has(said)) await until('the stream is over', () => bench.stream.isOver);
  return bench.stream.isOver === STOPS.has(said) ? said : `${said}, and the stream is over`;
};
