import { type Clock, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { type Channel, ENDED_IN_PEACE, PING_MS } from '../helium/channel.ts';
import { encodeSigned, SESSION_INIT, type SignedLayout } from '../helium/codec.ts';
import { type HeliumSigner, newSessionSigner } from '../helium/gateway-keys.ts';
import type { Message } from '../helium/wire.ts';
import { within } from '../helium/within.ts';
import { encodeRequest, readOffer, STREAM_PATH } from './codec.ts';

/** How long the service may take to offer a session. */
export const OFFER_MS = 5_000;
/** How often a connection on which nothing happens is asked whether it is still there. */
export const KEEPALIVE_MS = 60_000;

/** A report ready for a session to sign. */
export interface Report {
  readonly kind: 'beaconReport' | 'witnessReport';
  encode(sign: (bytes: Uint8Array) => Uint8Array): Uint8Array;
}

export const reportOf = <L extends SignedLayout>(
  kind: Report['kind'],
  layout: L,
  message: Message<L>,
): Report => ({ kind, encode: (sign) => encodeSigned(layout, message, sign) });

/** A stream to the ingest service with a session, on a connection of its own. */
export interface ReportStream {
  /** True once the machine behind the connection has it; false where the stream ended before it said so. */
  send(report: Report): Promise<boolean>;
  readonly isOver: boolean;
  readonly ended: Promise<Fault>;
  /** Resolves when nothing is on its way. */
  drained(): Promise<void>;
  close(): void;
}

export interface StreamParts {
  readonly clock: Clock;
  readonly where: string;
  /** Of the gateway. */
  readonly signer: HeliumSigner;
}

/** The session that an offer was answered with. */
interface Opened {
  readonly session: HeliumSigner;
}

const NONE = new Uint8Array(0);

/** Answers an offer with a new session key, signed by the gateway's own. */
const initiation = (signer: HeliumSigner, nonce: Uint8Array, session: HeliumSigner): Uint8Array => {
  const init = { gateway: signer.key, nonce, sessionKey: session.key, signature: NONE };
  return encodeRequest('sessionInit', encodeSigned(SESSION_INIT, init, signer.sign));
};

const noOffer = (where: string): Fault => fault('unreachable', 'helium.offer', where, 'offers no session.');

/** Opens a stream and agrees on a session; a fault closes the connection, and is that the service is not there. */
export const openStream = async (
  channel: Channel,
  { clock, where, signer }: StreamParts,
  signal: AbortSignal,
): Promise<Result<ReportStream>> => {
  let why: Fault | undefined;
  let isOffered = false;
  let failed: (error: unknown) => void = () => undefined;
  let agreed: (opened: Opened) => void = () => undefined;
  const opened = new Promise<Opened>((resolve, reject) => {
    agreed = resolve;
    failed = reject;
  });
  opened.catch(() => undefined);

  const answer = async (nonce: Uint8Array): Promise<void> => {
    const session = await newSessionSigner();
    // What ends it from here on is an answer to this.
    await stream.write(initiation(signer, nonce, session));
    agreed({ session });
  };
  const stream = channel.open(STREAM_PATH, (message) => {
    const offer = readOffer(message);
    if (!offer.ok) {
      why ??= fault('unreachable', 'helium.ingest', where, `said something else: ${offer.fault.words}`);
      channel.close();
    } else if (offer.value !== undefined && !isOffered) {
      // A second offer would want a second init, and that ends the stream.
      isOffered = true;
      answer(offer.value).catch(failed);
    }
  });
  const over = new AbortController();
  const ended = Promise.race([stream.ended, channel.closed]).then((fault) => {
    over.abort(new Error('the stream has ended'));
    channel.close();
    return why ?? fault;
  });
  // A stream that ends while the offer is being answered has ended after it.
  const refused = ended.then((fault): Opened | Fault | Promise<Opened> => (isOffered ? opened : fault));
  const outcome = Promise.race([opened, refused]);
  const first = await within(clock, OFFER_MS, outcome, signal).catch((error: unknown) => {
    channel.close();
    throw error;
  });
  if (first === undefined || !('session' in first)) {
    channel.close();
    return fail(first === undefined || first.code === ENDED_IN_PEACE ? noOffer(where) : first);
  }
  return ok(streamOver({ channel, stream, ended, over: over.signal, clock, session: first.session }));
};

interface Agreed extends Opened {
  readonly channel: Channel;
  readonly stream: ReturnType<Channel['open']>;
  readonly ended: Promise<Fault>;
  readonly over: AbortSignal;
  readonly clock: Clock;
}

const streamOver = ({ channel, stream, ended, over, clock, session }: Agreed): ReportStream => {
  /** Confirmations wait for one another: reports are rare, and one PING at a time is enough. */
  let last: Promise<boolean> = Promise.resolve(true);

  /** Whether the other side still answers; a connection on which it does not is dropped. */
  const confirm = async (): Promise<boolean> => {
    const answer = await within(clock, PING_MS, channel.ping(), over).catch(() => 'gone' as const);
    if (answer === undefined) channel.close();
    // A server that leaves in peace takes what is on its streams before it ends them.
    if (answer === 'leaving') {
      stream.end();
      return (await ended).code === ENDED_IN_PEACE;
    }
    return answer === 'there';
  };
  const watch = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(KEEPALIVE_MS, over);
      last = last.then(confirm);
      await last;
    }
  };
  watch().catch(() => undefined);
  return {
    send: async (report) => {
      const written = stream.write(encodeRequest(report.kind, report.encode(session.sign)));
      const confirmed = last.then(async () => (await written) && (await confirm()));
      last = confirmed;
      return await confirmed;
    },
    get isOver() {
      return stream.isOver;
    },
    ended,
    drained: async () => void (await last),
    close: () => {
      stream.end();
      channel.close();
    },
  };
};
