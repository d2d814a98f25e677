import type { PrivacyZone } from '@outpost/schemas/privacy';
import {
  type Clock,
  type DeviceName,
  elapsedMs,
  type Fault,
  type MonoNs,
  type Origin,
  sentence,
  type TimeTrust,
} from '@outpost/schemas/words';
import { abortScope } from './abort-scope.ts';
import type { Adapter, AdapterContext, Observed, Tally } from './adapter.ts';
import type { InputGuard } from './input-guard.ts';
import { createBackoff, isFinal, openUntilItWorks } from './open.ts';
import type { OrderDesk } from './order-desk.ts';
import type { Port, PortScheme } from './port.ts';
import { redact } from './privacy.ts';
import type { DeviceStatus, Happening, Remembered } from './session.ts';

export interface DeviceParts {
  readonly adapter: Adapter;
  /** A port's address, as in the configuration. */
  readonly address: string;
  /** The adapter's own options. */
  readonly options: unknown;
  readonly device: DeviceName;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tally: Tally;
  readonly guard?: InputGuard;
  /** Where no position is kept. */
  readonly privacyZones?: readonly PrivacyZone[];
  /** What the last status of an earlier run asked to keep. */
  readonly remembered?: Remembered | undefined;
  report(status: DeviceStatus): void;
  /** Where orders for this device are given; its kind of device may take none. */
  readonly orders?: OrderDesk;
  happened?(happening: Happening): void;
  /** How far the box's own clock can be believed. */
  trust?(): TimeTrust;
  /** Other ports than the usual ones. */
  readonly schemes?: readonly PortScheme[];
}

export type DeviceEvent =
  | { readonly kind: 'observed'; readonly observed: Observed }
  | {
      readonly kind: 'connected';
      readonly where: string;
      /** What the owner should know of how the port was opened, as one sentence. */
      readonly remark?: string;
      readonly mono: MonoNs;
    }
  /** Exactly one after each `connected`, however noisily the port went. */
  | {
      readonly kind: 'disconnected';
      readonly where: string;
      readonly mono: MonoNs;
      readonly fault: Fault;
    };

/** Tells the owner why a device is away: at once, and again when the reason changes, not at every attempt. */
const reportAway = (report: (status: DeviceStatus) => void) => {
  let told: string | undefined;
  let attempts = 0;
  return {
    away: (fault: Fault): void => {
      attempts += 1;
      const words = sentence(fault);
      if (words === told) return;
      told = words;
      report({ phase: 'away', words, facts: { code: fault.code, attempts } });
    },
    back: ({ where, remark }: Port): void => {
      told = undefined;
      attempts = 0;
      const words = `${where}: connected.`;
      report({ phase: 'connected', words: remark === undefined ? words : `${words} ${remark}`, facts: {} });
    },
  };
};

/** Gives each connection what the last one asked to keep. */
const rememberer = ({ clock, remembered, report }: DeviceParts) => {
  let text = remembered?.text;
  let since = clock.mono();
  let agedMs = remembered?.agedMs ?? 0;
  return {
    report: (status: DeviceStatus): void => {
      if (status.keep !== undefined) {
        text = status.keep;
        since = clock.mono();
        agedMs = 0;
      }
      report(status);
    },
    remembered: (): Remembered | undefined =>
      text === undefined ? undefined : { text, agedMs: agedMs + elapsedMs(since, clock.mono()) },
  };
};

/** Counts what ports lose. */
const counterOf =
  ({ port }: Tally) =>
  (what: string, times: number): void => {
    port.set(what, (port.get(what) ?? 0) + times);
  };

/** Passes an adapter's observations on as events and returns why it ended. */
async function* readPort(
  port: Port,
  parts: DeviceParts,
  remembered: Remembered | undefined,
): AsyncGenerator<DeviceEvent, Fault, void> {
  const { adapter, options, device, clock, signal, tally, guard, privacyZones = [], report } = parts;
  const gate = parts.orders?.connect(adapter.takes);
  const context: AdapterContext = {
    device,
    clock,
    signal,
    tally,
    remembered,
    report,
    ...(guard === undefined ? {} : { guard }),
    ...(gate === undefined ? {} : { orders: gate.orders, ordered: gate.ordered }),
    happened: (happening) => parts.happened?.(happening),
    trust: () => parts.trust?.() ?? 'none',
  };
  const iterator = adapter.read(port, options, context)[Symbol.asyncIterator]();
  let ended = false;
  let origin: Origin = port.origin ?? 'live';
  try {
    for (;;) {
      const next = await iterator.next();
      ended = next.done === true;
      if (next.done === true) return next.value;
      origin = next.value.readings.at(-1)?.origin ?? origin;
      const redacting = { zones: privacyZones, bearsPosition: adapter.bearsPosition, origin };
      const observed = redact(next.value, redacting);
      yield { kind: 'observed', observed };
    }
  } finally {
    try {
      if (!ended) await iterator.return?.();
    } finally {
      gate?.end();
    }
  }
}

async function* keepConnected(parts: DeviceParts): AsyncGenerator<DeviceEvent, Fault, void> {
  const { adapter, address, options, clock, signal, tally, report, schemes } = parts;
  const checked = await adapter.check(options);
  if (!checked.ok) return checked.fault;
  const backoff = createBackoff();
  const status = reportAway(report);
  const memory = rememberer(parts);
  const count = counterOf(tally);
  for (;;) {
    const opening = { address, clock, signal, backoff, away: status.away, count };
    const opened = await openUntilItWorks(schemes === undefined ? opening : { ...opening, schemes });
    if (!opened.ok) return opened.fault;
    const port = opened.value;
    const since = clock.mono();
    let fault: Fault;
    try {
      tally.connects += 1;
      status.back(port);
      const remark = port.remark === undefined ? {} : { remark: port.remark };
      yield { kind: 'connected', where: port.where, ...remark, mono: since };
      fault = yield* readPort(port, { ...parts, report: memory.report }, memory.remembered());
    } finally {
      tally.disconnects += 1;
      await port[Symbol.asyncDispose]();
    }
    const mono = clock.mono();
    backoff.held(elapsedMs(since, mono));
    status.away(fault);
    yield { kind: 'disconnected', where: port.where, mono, fault };
    if (isFinal(fault)) return fault;
    await clock.sleep(backoff.next(), signal);
  }
}

/**
 * Keeps one device connected for ever: opens its port, runs the adapter over it, and opens it again when it went
 * away, after 0.25 s, then twice as long up to 5 s. Resumes by itself.
 *
 * Returns the fault that nothing can be done about: a wrong address or options, or a port that is final, as the
 * end of a recording. Throws the signal's reason where that aborts, and a Bug of the adapter as it is.
 */
export async function* readDevice(parts: DeviceParts): AsyncGenerator<DeviceEvent, Fault, void> {
  // A signal for this device alone: the program's own one then carries one listener a device, not one a timer.
  const scope = abortScope(parts.signal);
  try {
    return yield* keepConnected({ ...parts, signal: scope.signal });
  } finally {
    scope.release();
  }
}
