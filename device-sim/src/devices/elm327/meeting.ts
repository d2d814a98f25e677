import { checkElm327Options, elm327Parts, noProfileFile } from '@outpost/firmware-bridge/wires';
import { type Body, concatBytes, type Fault, monoAfterMs, monoNs, type Origin } from '@outpost/schemas/words';
import { type DongleModel, newDongle, stepDongle } from '../elm327.ts';

/** What came of a meeting of the gateway's own dialogue with the simulated dongle. */
export interface Met {
  readonly said: readonly { readonly atMs: number; readonly body: Body; readonly origin: Origin }[];
  readonly quarantined: readonly Fault[];
  readonly items: number;
  readonly fates: number;
  readonly phase: string;
  /** When the dialogue asked for a new connection. */
  readonly reopenedAtMs: readonly number[];
}

/**
 * Lets both pure machines talk for a stretch of simulated time, without sockets and without waiting. A reopen is
 * answered at once with the same dongle, as a program that closes and opens its port.
 */
export const meet = (model: DongleModel, forMs: number, options: unknown = {}): Met => {
  const checked = checkElm327Options(options, noProfileFile);
  if (!checked.ok) throw new Error(checked.fault.words);
  const session = elm327Parts.session(checked.value);
  const { command, event } = elm327Parts.codec;
  const start = monoNs(1_000_000_000n);

  const said: { atMs: number; body: Body; origin: Origin }[] = [];
  const quarantined: Fault[] = [];
  const reopenedAtMs: number[] = [];
  let [items, fates, phase, nowMs] = [0, 0, '', 0];
  let dongle = newDongle(model);
  let state = session.initial;
  let tail: Uint8Array = new Uint8Array(0);
  let silenceAtMs = Number.POSITIVE_INFINITY;
  let wakeAtMs: number | undefined = 0;
  let arrived: Uint8Array = new Uint8Array(0);

  const tell = (bytes: Uint8Array): void => {
    const step = stepDongle(
      model,
      dongle,
      bytes.length > 0 ? { kind: 'bytes', bytes } : { kind: 'time' },
      nowMs,
    );
    dongle = step.state;
    wakeAtMs = step.wakeAtMs;
    arrived = concatBytes(arrived, step.bytes);
  };
  const hear = (input: Parameters<typeof session.step>[1]): void => {
    const step = session.step(state, input, monoAfterMs(start, nowMs));
    state = step.state;
    fates += step.fates.length;
    for (const fate of step.fates) if (fate.kind === 'quarantined') quarantined.push(fate.fault);
    for (const { body, origin } of step.said) said.push({ atMs: nowMs, body, origin });
    phase = step.status?.phase ?? phase;
    silenceAtMs = step.silenceAfterMs === undefined ? Number.POSITIVE_INFINITY : nowMs + step.silenceAfterMs;
    for (const one of [...step.commands, ...step.whenKept]) tell(command.encode(one));
    if (step.reopen === undefined) return;
    reopenedAtMs.push(nowMs);
    [state, tail] = [session.initial, new Uint8Array(0)];
    arrived = new Uint8Array(0);
    hear({ kind: 'opened' });
  };
  const deliver = (): void => {
    const cut = event.cut(tail, arrived);
    [tail, arrived] = [cut.tail, new Uint8Array(0)];
    for (const { raw, result } of cut.frames.flatMap((frame) => event.decode(frame))) {
      items += 1;
      hear(
        result.ok
          ? { kind: 'event', event: result.value, raw }
          : { kind: 'malformed', fault: result.fault, raw },
      );
    }
  };

  hear({ kind: 'opened' });
  while (nowMs < forMs) {
    nowMs = Math.min(forMs, silenceAtMs, wakeAtMs ?? Number.POSITIVE_INFINITY);
    tell(new Uint8Array(0));
    if (arrived.length > 0) deliver();
    else if (nowMs >= silenceAtMs) hear({ kind: 'silence' });
  }
  return { said, quarantined, items, fates, phase, reopenedAtMs };
};
