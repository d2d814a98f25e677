import {
  constants,
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { createDeframer, frameMessage } from '@outpost/gateway/helium';

/** Status codes of gRPC that Helium's servers use. */
export const GRPC = {
  ok: 0,
  invalidArgument: 3,
  permissionDenied: 7,
  unimplemented: 12,
  unavailable: 14,
} as const;

export interface GrpcStatus {
  readonly code: number;
  readonly message: string;
}

/** One call, seen from the server. */
export interface ServerCall {
  readonly path: string;
  /** Sends one message; nothing once the call has ended. */
  send(message: Uint8Array): void;
  /** Ends the call, peacefully where no status is given. */
  end(status?: GrpcStatus): void;
  readonly isOver: boolean;
}

/** What a service does with a call. */
export interface CallHandling {
  received(message: Uint8Array): void;
  /** The client says nothing more. */
  finished?(): void;
  /** It is over, however it ended. */
  closed?(): void;
}

export interface GrpcServer extends AsyncDisposable {
  readonly port: number;
  readonly connections: number;
  /** Announces on every connection that it will go, as at a restart. */
  leave(code: 'in-peace' | 'calm-down'): void;
  /** Cuts every connection without a word. */
  cut(): void;
}

export interface GrpcServerParts {
  readonly host: string;
  readonly port: number;
  /** Speaks TLS with it, key and certificate in PEM; without it HTTP/2 at once. */
  readonly tls?: { readonly key: string; readonly certificate: string } | undefined;
  /** How many streams may be open on one connection; no limit where it is left out, as on Helium's router. */
  readonly streamsMax?: number | undefined;
  /** Undefined where there is no such method. */
  open(call: ServerCall): CallHandling | undefined;
  /** Whether a connection is taken at all; one that is not is cut at once. */
  accepts(): boolean;
  /** Whether what is received is looked at; else it is thrown away, as by a machine that hangs. */
  listens(): boolean;
}

/** Streams up to this one go on: all of them. */
const LAST_STREAM = 2 ** 31 - 1;

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' } as const;

const callOf = (stream: ServerHttp2Stream, path: string): ServerCall => {
  let isOver = false;
  let trailers: Record<string, string> = { 'grpc-status': '0' };
  const open = (): void => {
    if (stream.headersSent || stream.destroyed) return;
    stream.respond(HEADERS, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  };
  return {
    path,
    send: (message) => {
      if (isOver || stream.destroyed) return;
      open();
      stream.write(frameMessage(message));
    },
    end: (status) => {
      if (isOver || stream.destroyed) return;
      isOver = true;
      if (status !== undefined)
        trailers = { 'grpc-status': String(status.code), 'grpc-message': encodeURIComponent(status.message) };
      open();
      stream.end();
    },
    get isOver() {
      return isOver || stream.destroyed;
    },
  };
};

const serveStream = (stream: ServerHttp2Stream, path: string, { open, listens }: GrpcServerParts): void => {
  const call = callOf(stream, path);
  stream.on('error', () => undefined);
  const handling = open(call);
  if (handling === undefined) {
    call.end({ code: GRPC.unimplemented, message: `unknown method ${path}` });
    return;
  }
  const deframer = createDeframer();
  stream.on('data', (bytes: Uint8Array) => {
    if (!listens()) return;
    const taken = deframer.take(bytes);
    if (!taken.ok) {
      stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
      return;
    }
    for (const message of taken.value) if (!call.isOver) handling.received(message);
  });
  stream.on('end', () => handling.finished?.());
  stream.on('close', () => handling.closed?.());
};

/** A gRPC server on HTTP/2, as Helium's are: without TLS, unless it is given a certificate. */
export const serveGrpc = async (parts: GrpcServerParts): Promise<GrpcServer> => {
  const sessions = new Set<ServerHttp2Session>();
  const { tls, streamsMax } = parts;
  const options = streamsMax === undefined ? {} : { settings: { maxConcurrentStreams: streamsMax } };
  const server: Http2Server | Http2SecureServer =
    tls === undefined
      ? createServer(options)
      : createSecureServer({ ...options, key: tls.key, cert: tls.certificate });
  server.on('session', (session) => {
    session.on('error', () => undefined);
    if (!parts.accepts()) {
      session.destroy();
      return;
    }
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    serveStream(stream, String(headers[':path']), parts);
  });
  const cut = (): void => {
    for (const session of sessions) session.destroy();
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, parts.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get connections() {
      return sessions.size;
    },
    leave: (code) => {
      for (const session of sessions) {
        if (code === 'in-peace') session.goaway(constants.NGHTTP2_NO_ERROR, LAST_STREAM);
        else session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      }
    },
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
