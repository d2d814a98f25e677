import { checkElm327Options, elm327Parts, noProfileFile } from '@outpost/firmware-bridge/wires';
import { concatBytes, monoAfterMs, monoNs } from '@outpost/schemas/words';
import type { ProfileName } from '../devices/elm327/profile.ts';
import { modelOf } from '../devices/elm327/testing.ts';
import { newDongle, stepDongle } from '../devices/elm327.ts';

export interface RateResult {
  readonly profile: ProfileName;
  readonly parametersPerRequest: number;
  readonly requestsPerSecond: number;
  readonly pidsPerSecond: number;
  /** The share of the time in which the dongle was at work on a request for live values. */
  readonly share: number;
  /** The same for any request, trouble codes and monitor tests included: 1 is all that is possible. */
  readonly busyShare: number;
  readonly quarantined: number;
}

/** What drivers want to see, twenty of the parameters that the simulated car has. */
const PIDS = '04 05 06 07 0B 0C 0D 0E 0F 10 11 1F 21 2F 31 33 42 43 44 46'.split(' ');

/** Far more often than any dongle can answer. */
const EVERY_MS = 50;
/** By then everything is learned, and what is asked once an hour has been asked. */
const WARM_UP_MS = 240_000;
const PROMPT = 0x3e;

/** Lets the adapter ask the simulated dongle as fast as that can answer, in simulated time, for `forMs`. */
export const measureRate = (
  profile: ProfileName,
  parametersPerRequest: number,
  forMs: number,
): RateResult => {
  const model = modelOf({ profile });
  const options = checkElm327Options(
    {
      poll: PIDS.map((pid) => ({ pid, everyMs: EVERY_MS })),
      benchRequestsPerSecond: 10_000,
      parametersPerRequestMax: parametersPerRequest,
    },
    noProfileFile,
  );
  if (!options.ok) throw new Error(options.fault.words);
  const session = elm327Parts.session(options.value);
  const { command, event } = elm327Parts.codec;
  const start = monoNs(1_000_000_000n);
  const endMs = WARM_UP_MS + forMs;
  let [nowMs, silenceAtMs, requests, pids, quarantined] = [0, Number.POSITIVE_INFINITY, 0, 0, 0];
  let [valuesMs, busyMs] = [0, 0];
  let asked: { readonly atMs: number; readonly isValues: boolean } | undefined;
  let wakeAtMs: number | undefined = 0;
  let [tail, arrived]: Uint8Array[] = [new Uint8Array(0), new Uint8Array(0)];
  let dongle = newDongle(model);
  let state = session.initial;

  const tell = (bytes: Uint8Array): void => {
    const input = bytes.length > 0 ? { kind: 'bytes' as const, bytes } : { kind: 'time' as const };
    const step = stepDongle(model, dongle, input, nowMs);
    dongle = step.state;
    wakeAtMs = step.wakeAtMs;
    arrived = concatBytes(arrived ?? new Uint8Array(0), step.bytes);
  };
  const hear = (input: Parameters<typeof session.step>[1]): void => {
    const step = session.step(state, input, monoAfterMs(start, nowMs));
    state = step.state;
    silenceAtMs = step.silenceAfterMs === undefined ? Number.POSITIVE_INFINITY : nowMs + step.silenceAfterMs;
    const counts = nowMs >= WARM_UP_MS;
    for (const fate of step.fates) if (counts && fate.kind === 'quarantined') quarantined += 1;
    for (const one of step.commands) {
      const isValues = one.kind === 'request' && one.bytes[0] === 0x01;
      if (isValues && counts) {
        requests += 1;
        pids += one.bytes.length - 1;
      }
      if (counts) asked = { atMs: nowMs, isValues };
      tell(command.encode(one));
    }
    if (step.reopen !== undefined) throw new Error(step.reopen.words);
  };
  const deliver = (): void => {
    const bytes = arrived ?? new Uint8Array(0);
    if (asked !== undefined && bytes.includes(PROMPT)) {
      busyMs += nowMs - asked.atMs;
      if (asked.isValues) valuesMs += nowMs - asked.atMs;
      asked = undefined;
    }
    const cut = event.cut(tail ?? new Uint8Array(0), bytes);
    [tail, arrived] = [cut.tail, new Uint8Array(0)];
    for (const { raw, result } of cut.frames.flatMap((frame) => event.decode(frame))) {
      if (result.ok) hear({ kind: 'event', event: result.value, raw });
      else hear({ kind: 'malformed', fault: result.fault, raw });
    }
  };

  hear({ kind: 'opened' });
  while (nowMs < endMs) {
    nowMs = Math.min(endMs, silenceAtMs, wakeAtMs ?? Number.POSITIVE_INFINITY);
    tell(new Uint8Array(0));
    if ((arrived ?? []).length > 0) deliver();
    else if (nowMs >= silenceAtMs) hear({ kind: 'silence' });
  }
  const shareOf = (ms: number): number => Math.round((ms / forMs) * 1_000) / 1_000;
  const perSecond = (count: number): number => Math.round((count / forMs) * 10_000) / 10;
  return {
    profile,
    parametersPerRequest,
    requestsPerSecond: perSecond(requests),
    pidsPerSecond: perSecond(pids),
    share: shareOf(valuesMs),
    busyShare: shareOf(busyMs),
    quarantined,
  };
};
