import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { systemClock } from '@outpost/firmware-bridge';
import { createDeframer, type Down, frameMessage, readDown } from '@outpost/gateway/helium';

const clock = systemClock();
const NEVER = new AbortController().signal;

/** Looks again every few milliseconds, for some seconds; throws where it is in vain. */
export const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (let i = 0; !isSo(); i += 1) {
    if (i > 2_000) throw new Error(`in vain until ${what}`);
    await clock.sleep(3, NEVER);
  }
};

/** A stream of gRPC that says exactly the bytes that it is told to, right or wrong. */
export interface RawStream {
  /** As one message. */
  say(message: Uint8Array): void;
  /** As they are. */
  write(bytes: Uint8Array): void;
  end(): void;
  readonly heard: readonly Uint8Array[];
  readonly downs: readonly Down[];
  readonly isOver: boolean;
  /** `grpc-status`, once it is over; undefined where the stream was reset. */
  readonly status: string | undefined;
}

export interface RawClient extends Disposable {
  open(path: string): RawStream;
}

const rawStream = (stream: ClientHttp2Stream): RawStream => {
  const heard: Uint8Array[] = [];
  const deframer = createDeframer();
  let isOver = false;
  let status: string | undefined;
  const note = (headers: object): void => {
    const found: unknown = Reflect.get(headers, 'grpc-status');
    if (typeof found === 'string') status = found;
  };
  stream.on('response', note);
  stream.on('trailers', note);
  stream.on('error', () => undefined);
  stream.on('data', (bytes: Uint8Array) => {
    const taken = deframer.take(bytes);
    if (taken.ok) heard.push(...taken.value);
  });
  stream.on('close', () => {
    isOver = true;
  });
  stream.on('end', () => {
    isOver = true;
  });
  return {
    say: (message) => void stream.write(frameMessage(message)),
    write: (bytes) => void stream.write(bytes),
    end: () => void stream.end(),
    heard,
    get downs() {
      return heard.flatMap((message) => {
        const down = readDown(message);
        return down.ok ? [down.value] : [];
      });
    },
    get isOver() {
      return isOver;
    },
    get status() {
      return status;
    },
  };
};

/** For tests of the servers: a client without any opinion of its own. */
export const rawClient = (url: string): RawClient => {
  const session: ClientHttp2Session = connect(url);
  session.on('error', () => undefined);
  return {
    open: (path) => {
      const headers = {
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
      };
      return rawStream(session.request(headers, { endStream: false }));
    },
    [Symbol.dispose]: () => session.destroy(),
  };
};
