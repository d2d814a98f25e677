import { randomBytes } from 'node:crypto';
import {
  BEACON_REPORT,
  decode,
  encode,
  readKey,
  SESSION_INIT,
  type SignedLayout,
  WITNESS_REPORT,
} from '@outpost/gateway/helium';
import { encodeOffer, REPORT_ANSWER, readRequest } from '@outpost/gateway/helium-coverage';
import { asciiBytes, type Clock, toHex } from '@outpost/schemas/words';
import { GRPC, type GrpcStatus } from './grpc-server.ts';
import { type IngestReport, type IngestStop, type IngestTally, newIngestTally } from './ingest-words.ts';
import type { RouterStream, StreamSink } from './router-core.ts';
import { type IsSigned, signatureCheck } from './signed.ts';

/** How long an offer is good, and a session (ingest/src/settings.rs). */
export const OFFER_MS = 5_000;
export const SESSION_MS = 30 * 60_000;

export type ReportKind = 'beaconReport' | 'witnessReport';

export interface IngestCore {
  open(sink: StreamSink): RouterStream;
  /** One report by itself, signed by the gateway's own key. */
  submit(kind: ReportKind, message: Uint8Array): Uint8Array | GrpcStatus;
  /** Reports are checked and thrown away, as since 2026-06-23; single ones are not even checked for a signature. */
  isRetired: boolean;
  readonly tally: IngestTally;
  readonly streams: number;
}

export interface IngestParts {
  readonly clock: Clock;
  readonly sessionMs: number;
  taken(report: IngestReport): void;
}

interface Held {
  readonly sink: StreamSink;
  over: AbortController;
  nonce: string | undefined;
  gateway: Uint8Array | undefined;
  sessionKey: Uint8Array | undefined;
}

interface World {
  readonly parts: IngestParts;
  readonly core: IngestCore;
  readonly isSigned: IsSigned;
}

const MAINNET = 'mainnet';

/** Whether a gateway's key is one, and of this network. */
const keyProblem = (bytes: Uint8Array): IngestStop | undefined => {
  const key = readKey(bytes);
  if (!key.ok) return 'invalid_public_key';
  return key.value.network === MAINNET ? undefined : 'invalid_network';
};

const initialize = ({ isSigned, core }: World, held: Held, bytes: Uint8Array): IngestStop | undefined => {
  const read = decode(SESSION_INIT, bytes);
  if (!read.ok) return 'bad_request';
  const { gateway, nonce, sessionKey } = read.value;
  const problem = keyProblem(gateway);
  if (problem !== undefined) return problem;
  if (!isSigned(gateway, bytes, SESSION_INIT.signature.number)) return 'invalid_signature';
  if (held.nonce === undefined || toHex(nonce) !== held.nonce) return 'invalid_nonce';
  if (!readKey(sessionKey).ok) return 'invalid_session_key';
  held.nonce = undefined;
  held.gateway = gateway;
  held.sessionKey = sessionKey;
  core.tally.sessions += 1;
  return undefined;
};

const LAYOUTS: Readonly<Record<ReportKind, SignedLayout>> = {
  beaconReport: BEACON_REPORT,
  witnessReport: WITNESS_REPORT,
};

const keep = ({ core, parts: { clock, taken } }: World, kind: ReportKind, bytes: Uint8Array): boolean => {
  const receivedMs = Number(clock.wall() / 1_000_000n);
  const beacon = kind === 'beaconReport' ? decode(BEACON_REPORT, bytes) : undefined;
  const witness = kind === 'witnessReport' ? decode(WITNESS_REPORT, bytes) : undefined;
  if (beacon?.ok === false || witness?.ok === false) return false;
  if (core.isRetired) core.tally.dropped += 1;
  else if (beacon?.ok === true) {
    core.tally.beacons += 1;
    taken({ kind: 'beacon', receivedMs, report: beacon.value });
  } else if (witness?.ok === true) {
    core.tally.witnesses += 1;
    taken({ kind: 'witness', receivedMs, report: witness.value });
  }
  return true;
};

const senderOf = (kind: ReportKind, bytes: Uint8Array): Uint8Array | undefined => {
  const read = kind === 'beaconReport' ? decode(BEACON_REPORT, bytes) : decode(WITNESS_REPORT, bytes);
  return read.ok ? read.value.gateway : undefined;
};

const takeReport = (
  world: World,
  { gateway, sessionKey }: Held,
  kind: ReportKind,
  bytes: Uint8Array,
): IngestStop | undefined => {
  const sender = senderOf(kind, bytes);
  if (sender === undefined) return 'bad_request';
  if (sessionKey === undefined || gateway === undefined) return 'no_session';
  if (!world.isSigned(sessionKey, bytes, LAYOUTS[kind].signature.number)) return 'invalid_signature';
  if (toHex(sender) !== toHex(gateway)) return 'incorrect_pub_key';
  return keep(world, kind, bytes) ? undefined : 'bad_request';
};

const invalid = (message: string): GrpcStatus => ({ code: GRPC.invalidArgument, message });

const submitted = (world: World, kind: ReportKind, bytes: Uint8Array): Uint8Array | GrpcStatus => {
  const sender = senderOf(kind, bytes);
  if (sender === undefined) return invalid('invalid report');
  const problem = keyProblem(sender);
  if (problem !== undefined)
    return invalid(problem === 'invalid_network' ? 'invalid network' : 'invalid public key');
  if (!world.core.isRetired && !world.isSigned(sender, bytes, LAYOUTS[kind].signature.number))
    return invalid('invalid signature');
  keep(world, kind, bytes);
  const id = String(world.parts.clock.wall() / 1_000_000n);
  return encode(REPORT_ANSWER, { id: asciiBytes(id) });
};

/** The ingest service's judgement of everything that a gateway says, with no socket. */
export const createIngestCore = (parts: IngestParts): IngestCore => {
  const { clock, sessionMs } = parts;
  const streams = new Set<Held>();

  const stop = (held: Held, reason: IngestStop): void => {
    if (!streams.delete(held)) return;
    held.over.abort(new Error('the stream is over'));
    const { stopped } = core.tally;
    stopped.set(reason, (stopped.get(reason) ?? 0) + 1);
    held.sink.end();
  };
  const expireAfter = (held: Held, ms: number): void => {
    held.over.abort(new Error('another deadline counts'));
    held.over = new AbortController();
    clock.sleep(ms, held.over.signal).then(
      () => stop(held, 'timed_out'),
      () => undefined,
    );
  };

  const receive = (held: Held, envelope: Uint8Array): void => {
    const request = readRequest(envelope);
    if (request === undefined) {
      stop(held, 'bad_request');
      return;
    }
    const { kind, message } = request;
    const problem =
      kind === 'sessionInit' ? initialize(world, held, message) : takeReport(world, held, kind, message);
    if (problem !== undefined) stop(held, problem);
    else if (kind === 'sessionInit') expireAfter(held, sessionMs);
  };

  const core: IngestCore = {
    open: (sink) => {
      const nonce = Uint8Array.from(randomBytes(32));
      const held: Held = {
        ...{ sink, over: new AbortController(), nonce: toHex(nonce) },
        ...{ gateway: undefined, sessionKey: undefined },
      };
      streams.add(held);
      core.tally.streams += 1;
      sink.send(encodeOffer(nonce));
      expireAfter(held, OFFER_MS);
      return {
        received: (envelope) => {
          if (streams.has(held)) receive(held, envelope);
        },
        finished: () => stop(held, 'eos'),
        closed: () => {
          streams.delete(held);
          held.over.abort(new Error('the stream is gone'));
        },
      };
    },
    submit: (kind, message) => submitted(world, kind, message),
    isRetired: false,
    tally: newIngestTally(),
    get streams() {
      return streams.size;
    },
  };
  const world: World = { parts, core, isSigned: signatureCheck() };
  return core;
};
