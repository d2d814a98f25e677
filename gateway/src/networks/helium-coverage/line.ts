import { type Clock, elapsedMs, type Fault, fault, type MonoNs, type Result } from '@outpost/schemas/words';
import { openChannel } from '../helium/channel.ts';
import type { HeliumSigner } from '../helium/gateway-keys.ts';
import { within } from '../helium/within.ts';
import type { Service } from './service.ts';
import { openStream, type Report, type ReportStream } from './stream.ts';

/** A session is renewed before the service ends it after half an hour. */
const RENEW_AFTER_MS = 27 * 60_000;
const RENEW_AGAIN_MS = 30_000;
/** How long what is on the old stream may take to be confirmed. */
const DRAIN_MS = 5_000;
/** Sessions that end sooner, one after the other, are not wanted. */
const HELD_MS = 30_000;
const SHORT_MAX = 2;
const REFUSED_MS_MIN = 60_000;
const REFUSED_MS_MAX = 1_800_000;
/** Gateways of one box do not all come back at the same moment. */
const SPREAD_MS = 1_000;

/** `doubt`: it may have arrived. `no-session`: nothing was sent. */
export type Sent = 'there' | 'doubt' | 'no-session';

/** One gateway's way to the ingest service: always open while that is there, because reports must not wait. */
export interface Line {
  run(signal: AbortSignal): Promise<void>;
  /** Waits for a session until then, but not while the service is known to be away, or not to want this gateway. */
  send(report: Report, until: MonoNs): Promise<Sent>;
  readonly isUp: boolean;
  /** Why it is not up; the last reason there was. */
  readonly why: Fault;
  /** How often a session was renewed without a gap. */
  readonly renewals: number;
}

export interface LineParts {
  readonly clock: Clock;
  readonly ingest: URL;
  readonly service: Service;
  readonly signer: HeliumSigner;
  random(): number;
  /** The service does not take this gateway's sessions; said once until it has taken one. */
  alarm(fault: Fault): void;
}

const NOT_YET = 'is not connected yet.';

const connectFor = async (
  { clock, ingest, signer }: LineParts,
  signal: AbortSignal,
): Promise<Result<ReportStream>> => {
  const channel = await openChannel({ url: ingest, clock }, signal);
  if (!channel.ok) return channel;
  return await openStream(channel.value, { clock, where: ingest.host, signer }, signal);
};

/** How long to stay away after so many sessions in a row that were short. */
const pauseMs = (short: number, random: () => number): number =>
  short < SHORT_MAX
    ? SPREAD_MS * random()
    : Math.min(REFUSED_MS_MIN * 2 ** (short - SHORT_MAX), REFUSED_MS_MAX) * (0.75 + 0.25 * random());

const notWanted = (where: string): Fault => {
  const words = 'ends each session at its beginning: it does not take the gateway’s key or signature.';
  return fault('refused', 'helium.session', where, words);
};

interface Holding {
  use(stream: ReportStream | undefined): void;
  renewed(): void;
}

/** From one session to the moment when there is none; why that is. */
const hold = async (
  parts: LineParts,
  first: ReportStream,
  { use, renewed }: Holding,
  signal: AbortSignal,
): Promise<Fault> => {
  const { clock, random } = parts;
  const turnMs = (): number => RENEW_AFTER_MS * (0.8 + 0.2 * random());
  let stream = first;
  let ms = turnMs();
  try {
    for (;;) {
      use(stream);
      const ended = await within(clock, ms, stream.ended, signal);
      if (ended !== undefined) return ended;
      const next = await connectFor(parts, signal);
      if (next.ok) {
        const old = stream;
        stream = next.value;
        renewed();
        within(clock, DRAIN_MS, old.drained(), signal).then(old.close, old.close);
      }
      ms = next.ok ? turnMs() : RENEW_AGAIN_MS;
    }
  } finally {
    use(undefined);
    stream.close();
  }
};

export const createLine = (parts: LineParts): Line => {
  const { clock, ingest, service, random } = parts;
  const where = ingest.host;
  let current: ReportStream | undefined;
  let why: Fault = fault('unreachable', 'helium.away', where, NOT_YET);
  let renewals = 0;
  let waiting: (() => void)[] = [];
  let running: AbortSignal | undefined;

  const use = (next: ReportStream | undefined): void => {
    current = next;
    for (const each of waiting) each();
    waiting = [];
  };

  const renewed = (): void => {
    renewals += 1;
  };
  const isDown = (): boolean => service.away !== undefined || why.kind === 'refused';

  return {
    async run(signal) {
      running = signal;
      signal.addEventListener('abort', () => use(undefined), { once: true });
      let short = 0;
      for (;;) {
        await service.turn(signal);
        const opened = await connectFor(parts, signal);
        if (!opened.ok) {
          why = opened.fault;
          service.gone(why);
          use(undefined);
          continue;
        }
        service.here();
        const since = clock.mono();
        why = await hold(parts, opened.value, { use, renewed }, signal);
        signal.throwIfAborted();
        short = elapsedMs(since, clock.mono()) < HELD_MS ? short + 1 : 0;
        if (short >= SHORT_MAX) why = notWanted(where);
        if (short === SHORT_MAX) parts.alarm(why);
        use(undefined);
        await clock.sleep(pauseMs(short, random), signal);
      }
    },
    async send(report, until) {
      for (;;) {
        if (current !== undefined && !current.isOver) return (await current.send(report)) ? 'there' : 'doubt';
        if (running?.aborted !== false || isDown() || until <= clock.mono()) return 'no-session';
        const changed = new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
        const leftMs = Math.max(0, Number(until - clock.mono()) / 1e6);
        await within(clock, leftMs, changed, running).catch(() => undefined);
      }
    },
    get isUp() {
      return current !== undefined && !current.isOver;
    },
    get why() {
      return why;
    },
    get renewals() {
      return renewals;
    },
  };
};
