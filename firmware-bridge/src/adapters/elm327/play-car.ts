import { encodeDtcs, encodeSupported, pidLength } from '@outpost/schemas/vehicle';
import { asciiBytes, asciiText, concatBytes, type MonoNs } from '@outpost/schemas/words';
import { segment } from '../../can/isotp.ts';
import type { FarEnd, Sent } from '../../testing/rig.ts';
import { canLine } from './can-line.ts';
import { commandWire } from './command.ts';
import { GOOD_SETUP } from './play-dongle.ts';

/** How the played dongle behaves; what is left out is what an honest and fast one does. */
export interface CarPlay {
  /** By address, the PIDs that each control unit offers. */
  readonly ecus: ReadonlyMap<number, readonly number[]>;
  /** From a command to the first line of its reply. */
  readonly latencyMs: number;
  /** The chip goes on waiting for so long after the last line, unless it was told how many come. */
  readonly waitMs?: number;
  /** Of waiting: what `ATAT2` makes of it, and whether `ATST` changes it. */
  readonly adaptiveWaitMs?: number;
  readonly obeysTimeout?: boolean;
  readonly countsLines?: boolean;
  /** Parameters that are answered in one request; more are answered with `NO DATA`. */
  readonly parametersMax?: number;
  /** Only so many of the parameters asked for are answered. */
  readonly answersMax?: number;
  /** Stored trouble codes at a moment. */
  codes?(now: MonoNs): readonly string[];
  /** Replies to adapter commands that differ from a good chip's. */
  readonly at?: Readonly<Record<string, string>>;
}

const VIN = asciiBytes('1D4GP00R55B123456');

interface Chip {
  waitMs: number;
}

const bitmap = (base: number, listed: readonly number[]): Uint8Array | undefined => {
  const last = Math.max(0, ...listed);
  const all = [...listed];
  for (let next = 0x20; next <= last; next += 0x20) all.push(next);
  return base === 0 || all.includes(base) ? encodeSupported(base, all) : undefined;
};

/** A value that differs from one PID and one moment to the next. */
const bytesOf = (pid: number, now: MonoNs): Uint8Array => {
  const length = pidLength(pid) ?? 1;
  const seed = Number(now / 1_000_000n);
  return Uint8Array.from({ length }, (_, at) => (seed * 7 + pid * 13 + at * 29) & 0x7f);
};

const liveValues = (
  play: CarPlay,
  pids: readonly number[],
  request: Uint8Array,
  now: MonoNs,
): Uint8Array | undefined => {
  const asked = [...request.subarray(1)];
  const [first = 0] = asked;
  if ((first & 0x1f) === 0 && asked.length === 1) {
    const listed = bitmap(first, pids);
    return listed && concatBytes(Uint8Array.of(0x41, first), listed);
  }
  const own = asked.filter((pid) => pids.includes(pid)).slice(0, play.answersMax ?? 6);
  if (own.length === 0 || asked.length > (play.parametersMax ?? 6)) return undefined;
  return concatBytes(
    Uint8Array.of(0x41),
    ...own.map((pid) => concatBytes(Uint8Array.of(pid), bytesOf(pid, now))),
  );
};

const payloadOf = (
  play: CarPlay,
  pids: readonly number[],
  request: Uint8Array,
  now: MonoNs,
): Uint8Array | undefined => {
  const [service = 0, parameter = 0] = request;
  switch (service) {
    case 0x01:
      return liveValues(play, pids, request, now);
    case 0x03:
      return concatBytes(Uint8Array.of(0x43), encodeDtcs(play.codes?.(now) ?? [], 'can'));
    case 0x07:
    case 0x0a:
      return Uint8Array.of(service + 0x40, 0);
    case 0x09:
      if (parameter === 0) return concatBytes(Uint8Array.of(0x49, 0), encodeSupported(0, [2]));
      return parameter === 2 ? concatBytes(Uint8Array.of(0x49, 2, 1), VIN) : undefined;
    default:
      return undefined;
  }
};

/** A dongle at a car that answers by what it is asked, for tests of rate and of several parameters in one request. */
export const playCar = (play: CarPlay): FarEnd => {
  const chip: Chip = { waitMs: play.waitMs ?? 0 };
  let typed = '';

  const adapterReply = (text: string): string => {
    const listed = play.at?.[text];
    if (listed === undefined && text === 'ATAT2')
      chip.waitMs = Math.min(chip.waitMs, play.adaptiveWaitMs ?? chip.waitMs);
    if (text.startsWith('ATST') && play.obeysTimeout === true)
      chip.waitMs = Number.parseInt(text.slice(4), 16) * 4;
    return listed ?? GOOD_SETUP[text] ?? 'OK';
  };

  const carReply = (request: Uint8Array, count: number | undefined, now: MonoNs): readonly Sent[] => {
    const answers = [...play.ecus].flatMap(([id, pids]) => {
      const payload = payloadOf(play, pids, request, now);
      return payload === undefined
        ? []
        : [segment(payload, 0x55).map((bytes) => canLine({ id, idBits: 11, bytes }, false).groups.join(''))];
    });
    const rounds = Math.max(0, ...answers.map(({ length }) => length));
    const lines = Array.from({ length: rounds }, (_, round) =>
      answers.flatMap((one) => one[round] ?? []),
    ).flat();
    const { latencyMs } = play;
    if (lines.length === 0) return [{ afterMs: latencyMs + chip.waitMs, bytes: asciiBytes('NO DATA\r\r>') }];
    const told = count !== undefined && play.countsLines !== false && count <= lines.length;
    const shown = told ? lines.slice(0, count) : lines;
    const text = shown.map((one) => `${one}\r`).join('');
    return [
      { afterMs: latencyMs, bytes: asciiBytes(text) },
      { afterMs: latencyMs + (told ? 0 : chip.waitMs), bytes: asciiBytes('\r>') },
    ];
  };

  return (bytes, now) => {
    typed += asciiText(bytes);
    if (!typed.endsWith('\r')) return [];
    const command = typed.slice(0, -1);
    typed = '';
    const [item] = commandWire.decode(asciiBytes(`${command}\r`));
    const read = item?.result.ok === true ? item.result.value : undefined;
    if (read?.kind === 'request') return carReply(read.bytes, read.lines, now);
    const reply = command.startsWith('y') ? '?' : adapterReply(command);
    return [{ afterMs: 5, bytes: asciiBytes(`${reply}\r\r>`.replaceAll('|', '\r')) }];
  };
};
