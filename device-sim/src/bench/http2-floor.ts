import { type ClientHttp2Session, connect } from 'node:http2';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.ts';

const here = dirname(fileURLToPath(import.meta.url));

/** Streams of one bare HTTP/2 connection to a server in another process, which takes all and says nothing. */
export interface Http2Floor extends AsyncDisposable {
  /** Writes a message on each of the next streams in turn, then asks for one echo behind them. */
  write(messages: number): void;
}

/** What Node's HTTP/2 itself costs: nothing is signed, encoded, put in order or answered for here. */
export const openHttp2Floor = async (streams: number, messageBytes: number): Promise<Http2Floor> => {
  const child = startChild(join(here, '..', 'bench', 'http2-sink.child.js'), { args: [] });
  const session: ClientHttp2Session = connect(`http://127.0.0.1:${await child.line()}`);
  session.on('error', () => undefined);
  const all = Array.from({ length: streams }, () => {
    const stream = session.request({ ':method': 'POST', ':path': '/' }, { endStream: false });
    stream.on('error', () => undefined);
    stream.resume();
    return stream;
  });
  await new Promise((resolve) => session.ping(resolve));
  const message = new Uint8Array(messageBytes);
  let next = 0;
  return {
    write: (messages) => {
      for (let i = 0; i < messages; i += 1) {
        all[next % streams]?.write(message);
        next += 1;
      }
      session.ping(() => undefined);
    },
    [Symbol.asyncDispose]: async () => {
      session.destroy();
      await child.end();
    },
  };
};
