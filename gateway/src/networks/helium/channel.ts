import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  constants,
} from 'node:http2';
import {
  type Clock,
  elapsedMs,
  type Fault,
  fail,
  fault,
  type MonoNs,
  ok,
  type Result,
} from '@outpost/schemas/words';
import { createDeframer, frameMessage } from './grpc-frames.ts';
import { within } from './within.ts';

/** How long a connection may take to be there, its first SETTINGS included. */
export const CONNECT_MS = 5_000;
/** How long the other side may take to echo a PING before it counts as gone. */
export const PING_MS = 5_000;
/** How long a single answer may take. */
const CALL_MS = 10_000;
/** What HTTP/2 may keep for one connection and all of its streams, in megabytes. */
const SESSION_MEMORY_MAX_MB = 8;

/** Code of a stream that the other side ended with status 0. */
export const ENDED_IN_PEACE = 'helium.ended';

/** What ended a stream or a connection. Of kind `refused` where the other side said in words that it will not. */
export type Ended = Fault;

/** A stream that goes both ways, until one side ends it. */
export interface CallStream {
  /** Resolves true once the bytes are the kernel's, in order; false where the stream ended before. Never rejects. */
  write(message: Uint8Array): Promise<boolean>;
  /** The same for a message in its frame, without a promise. */
  post(framed: Uint8Array, written: (isWritten: boolean) => void): void;
  /** Says that nothing more comes from here; the other side may go on. */
  end(): void;
  /** Drops it. */
  cancel(): void;
  /** Whether it has ended: what is written now goes nowhere. */
  readonly isOver: boolean;
  readonly ended: Promise<Ended>;
}

/** One HTTP/2 connection on which gRPC is spoken. */
export interface Channel {
  open(path: string, received: (message: Uint8Array) => void): CallStream;
  /** One message there and one back. */
  call(path: string, message: Uint8Array, signal: AbortSignal): Promise<Result<Uint8Array>>;
  /**
   * `there` once the other side has echoed a PING, which it does after it has taken everything that was the kernel's
   * before; `gone` where it ended first. One that is `leaving` in peace cannot be asked any more.
   */
  ping(): Promise<'there' | 'gone' | 'leaving'>;
  /** Drops the connection where a PING has waited for `PING_MS`; to be called now and then. */
  check(): void;
  /** It announced that it will go: streams that are open may go on for a while, new ones may not be opened. */
  readonly leaving: Promise<void>;
  /** How many streams the other side lets be open at once. */
  readonly streamsMax: number;
  /** It complained about too many PINGs. */
  readonly wantsCalm: boolean;
  readonly closed: Promise<Ended>;
  close(): void;
}

export interface ChannelParts {
  /** `http:` speaks HTTP/2 at once, `https:` over TLS. */
  readonly url: URL;
  /** Certificate authorities in PEM, where not those of the system. */
  readonly ca?: string | undefined;
  readonly clock: Clock;
}

// Status codes of gRPC by which a server says that it understood and will not.
const INVALID_ARGUMENT = 3;
const PERMISSION_DENIED = 7;
const FAILED_PRECONDITION = 9;
const UNIMPLEMENTED = 12;
const UNAUTHENTICATED = 16;
const REFUSALS: ReadonlySet<number> = new Set([
  INVALID_ARGUMENT,
  PERMISSION_DENIED,
  FAILED_PRECONDITION,
  UNIMPLEMENTED,
  UNAUTHENTICATED,
]);
const WORDS_MAX_CHARACTERS = 200;

const shown = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, WORDS_MAX_CHARACTERS);

const decoded = (text: string): string => {
  try {
    return shown(decodeURIComponent(text));
  } catch {
    return shown(text);
  }
};

type Headers = Readonly<Record<string, unknown>>;

/** What trailers, or headers that are already the end, say. */
const endOf = (headers: Headers, where: string): Ended | undefined => {
  const { 'grpc-status': status, 'grpc-message': message, ':status': http } = headers;
  if (status !== undefined) {
    const code = Number(status);
    const words = typeof message === 'string' && message !== '' ? `: ${decoded(message)}` : '';
    if (code === 0) return fault('unreachable', ENDED_IN_PEACE, where, `ended the stream${words}.`);
    const kind = REFUSALS.has(code) ? 'refused' : 'unreachable';
    return fault(kind, `helium.grpc-${code}`, where, `ended the stream with gRPC status ${code}${words}.`);
  }
  if (http !== undefined && http !== 200)
    return fault('unreachable', 'helium.http', where, `answered with HTTP status ${String(http)}.`);
  return undefined;
};

const REQUEST = {
  ':method': 'POST',
  'content-type': 'application/grpc',
  te: 'trailers',
  'user-agent': 'outpost',
} as const;

const reason = (error: unknown): string => shown(error instanceof Error ? error.message : String(error));

const gone = (where: string, words: string): Ended => fault('unreachable', 'helium.gone', where, words);

const openStream = (
  session: ClientHttp2Session,
  path: string,
  where: string,
  received: (message: Uint8Array) => void,
): CallStream => {
  let stream: ClientHttp2Stream;
  try {
    stream = session.request({ ...REQUEST, ':path': path }, { endStream: false });
  } catch (error) {
    const why = gone(where, `no stream can be opened: ${reason(error)}.`);
    return {
      write: () => Promise.resolve(false),
      post: (_, written) => written(false),
      end: () => undefined,
      cancel: () => undefined,
      isOver: true,
      ended: Promise.resolve(why),
    };
  }
  const deframer = createDeframer();
  let why: Ended | undefined;
  const ended = new Promise<Ended>((resolve) => {
    const settle = (): void => {
      call.isOver = true;
      resolve(why ?? gone(where, 'closed the stream.'));
    };
    stream.on('response', (headers) => {
      why ??= endOf(headers, where);
    });
    stream.on('trailers', (headers) => {
      why ??= endOf(headers, where);
    });
    stream.on('data', (bytes: Uint8Array) => {
      const taken = deframer.take(bytes);
      if (taken.ok) for (const message of taken.value) received(message);
      else {
        why ??= taken.fault;
        stream.close(constants.NGHTTP2_CANCEL);
      }
    });
    stream.on('error', (error) => {
      why ??= gone(where, `${reason(error)}.`);
    });
    // The other side says nothing more: for a router, that it takes nothing more either.
    stream.on('end', settle);
    stream.on('close', settle);
  });
  const post: CallStream['post'] = (framed, written) => {
    if (call.isOver) written(false);
    else stream.write(framed, (error) => written(error === null || error === undefined));
  };
  // A plain property, because a getter would make each of these a shape of its own for the compiler.
  const call = {
    write: (message: Uint8Array): Promise<boolean> =>
      new Promise((resolve) => post(frameMessage(message), resolve)),
    post,
    end: () => {
      if (!call.isOver) stream.end();
      call.isOver = true;
    },
    cancel: () => {
      call.isOver = true;
      stream.close(constants.NGHTTP2_CANCEL);
    },
    isOver: false,
    ended,
  };
  return call;
};

const channelOver = (session: ClientHttp2Session, where: string, clock: Clock): Channel => {
  let why: Ended | undefined;
  let wantsCalm = false;
  const closed = new Promise<Ended>((resolve) => {
    session.on('close', () => resolve(why ?? gone(where, 'closed the connection.')));
  });
  const leaving = new Promise<void>((resolve) => {
    session.on('goaway', (code) => {
      wantsCalm ||= code === constants.NGHTTP2_ENHANCE_YOUR_CALM;
      resolve();
    });
    session.on('close', resolve);
  });
  session.on('error', (error) => {
    why ??= gone(where, `${reason(error)}.`);
  });
  /** When the oldest PING went that was not echoed yet. */
  let askedAt: MonoNs | undefined;
  return {
    open: (path, received) => openStream(session, path, where, received),
    async call(path, message, signal) {
      let answer: Uint8Array | undefined;
      const stream = openStream(session, path, where, (received) => {
        answer ??= received;
      });
      await stream.write(message);
      stream.end();
      const ended = await within(clock, CALL_MS, stream.ended, signal);
      stream.cancel();
      if (answer !== undefined) return ok(answer);
      return fail(ended ?? gone(where, `did not answer within ${CALL_MS / 1_000} s.`));
    },
    ping: () =>
      new Promise((resolve) => {
        if (session.closed || session.destroyed) {
          resolve(session.destroyed ? 'gone' : 'leaving');
          return;
        }
        askedAt ??= clock.mono();
        const isSent = session.ping((error) => {
          askedAt = undefined;
          resolve(error === null ? 'there' : 'gone');
        });
        if (!isSent) resolve('gone');
      }),
    check: () => {
      if (askedAt === undefined || elapsedMs(askedAt, clock.mono()) < PING_MS) return;
      why ??= gone(where, 'does not answer any more.');
      session.destroy();
    },
    leaving,
    get streamsMax() {
      return session.remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY;
    },
    get wantsCalm() {
      return wantsCalm;
    },
    closed,
    close: () => session.destroy(),
  };
};

/** Connects; a fault is `unreachable`. */
export const openChannel = async (
  { url, ca, clock }: ChannelParts,
  signal: AbortSignal,
): Promise<Result<Channel>> => {
  const where = url.host;
  signal.throwIfAborted();
  const session = connectHttp2(url.origin, {
    settings: { enablePush: false },
    maxSessionMemory: SESSION_MEMORY_MAX_MB,
    ...(ca === undefined ? {} : { ca }),
    maxHeaderListPairs: 64,
    maxOutstandingPings: 4,
    maxReservedRemoteStreams: 0,
  });
  const channel = channelOver(session, where, clock);
  const there = new Promise<true>((resolve) => session.once('remoteSettings', () => resolve(true)));
  try {
    const first = await within(clock, CONNECT_MS, Promise.race([there, channel.closed]), signal);
    if (first === true) return ok(channel);
    session.destroy();
    return fail(first ?? gone(where, `is not there within ${CONNECT_MS / 1_000} s.`));
  } catch (error) {
    session.destroy();
    throw error;
  }
};
