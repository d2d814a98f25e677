import { elm327Wire } from '@outpost/firmware-bridge/wires';
import {
  encodeCalibrationIds,
  encodeCvns,
  encodeDtcs,
  encodeEcuName,
  encodeSupported,
  encodeVin,
  PIDS,
} from '@outpost/schemas/vehicle';
import { concatBytes } from '@outpost/schemas/words';
import type { Random } from '../random/sfc32.ts';

/** One parameter of a payload: its number stands at `at`, its `length` data bytes follow. */
export interface TruePart {
  readonly pid: number;
  readonly at: number;
  readonly length: number;
}

/** What one control unit truly answered: the oracle's record. */
export interface Truth {
  readonly request: string;
  readonly ecu: number;
  readonly payload: Uint8Array;
  /** Where the live values stand in it; empty for any other service. */
  readonly parts: readonly TruePart[];
  /** The identifier's digits. */
  readonly header: string;
  readonly frames: readonly Uint8Array[];
  /** The lines as an undamaged dongle prints them. */
  readonly lines: readonly string[];
}

interface FuzzEcu {
  readonly id: number;
  readonly padding: number | undefined;
  /** Data length of each PID. */
  readonly pids: ReadonlyMap<number, number>;
  readonly vin: string;
  readonly codes: readonly string[];
  /** How it takes several parameters in one request. */
  readonly several: 'as-asked' | 'own-order' | 'first-only' | 'never';
}

const SEVERAL: readonly FuzzEcu['several'][] = [
  'as-asked',
  'as-asked',
  'as-asked',
  'own-order',
  'first-only',
  'never',
];

/** A car with one to three control units whose values are random at every request; nothing of it is physics. */
export interface FuzzCar {
  readonly idBits: 11 | 29;
  readonly spaces: boolean;
  readonly pids: readonly number[];
  /** Every control unit's answer to a request, by ascending address; empty where nobody answers. */
  answer(request: Uint8Array): readonly Truth[];
}

/** Full scales would make other PIDs unreadable, which is tested elsewhere. */
const SCALES = new Set([0x4f, 0x50]);
const USABLE = PIDS.filter(({ pid, fields }) => fields.length > 0 && !SCALES.has(pid));
const VINS = ['1D4GP00R55B123456', 'WP0ZZZ99ZTS392124', 'JH4KA7561PC008269'];
const PADDINGS = [0x00, 0x55, 0xaa, undefined];

const pick = <T>(random: Random, from: readonly T[]): T => from[random.whole(from.length)] as T;

const makeEcu = (random: Random, id: number): FuzzEcu => {
  const pids = new Map<number, number>();
  for (let count = 4 + random.whole(8); count > 0; count -= 1) {
    const { pid, lengths } = pick(random, USABLE);
    pids.set(pid, pick(random, lengths));
  }
  return {
    id,
    padding: pick(random, PADDINGS),
    pids,
    vin: pick(random, VINS),
    codes: ['P0104', 'P0420', 'U0123', 'B0003', 'C0123'].slice(0, random.whole(6)),
    several: pick(random, SEVERAL),
  };
};

const listed = (pids: Iterable<number>): readonly number[] => {
  const all = [...pids];
  const last = Math.max(0, ...all);
  // Every bitmap but the last lists the next one.
  for (let base = 0x20; base <= 0xe0 && base <= last; base += 0x20) all.push(base);
  return all;
};

const information = (ecu: FuzzEcu, type: number): Uint8Array | undefined => {
  if (type === 0x00) return encodeSupported(0, [0x02, 0x04, 0x06, 0x0a]);
  if (type === 0x02) return encodeVin(ecu.vin);
  if (type === 0x04) return encodeCalibrationIds(['37805-RBB-J740', 'A4701000']);
  if (type === 0x06) return encodeCvns(['1791BC82', '611F6EF2']);
  return type === 0x0a ? encodeEcuName('ECM', 'EngineControl') : undefined;
};

/** The parameters that a control unit answers of those it is asked for, in its order. */
const answered = (ecu: FuzzEcu, asked: readonly number[]): readonly number[] => {
  const own = asked.filter((pid) => ecu.pids.has(pid));
  if (asked.length === 1 || ecu.several === 'as-asked') return own;
  if (ecu.several === 'never') return [];
  return ecu.several === 'first-only' ? own.slice(0, 1) : own.toSorted((a, b) => a - b);
};

const partsOf = (ecu: FuzzEcu, request: Uint8Array): readonly TruePart[] => {
  let at = 1;
  return answered(ecu, [...request.subarray(1)]).map((pid) => {
    const part = { pid, at, length: ecu.pids.get(pid) ?? 0 };
    at += 1 + part.length;
    return part;
  });
};

const answerOf = (random: Random, ecu: FuzzEcu, request: Uint8Array): Uint8Array | undefined => {
  const [service = 0, parameter = 0] = request;
  const head = Uint8Array.of(service + 0x40);
  if (service === 0x03 || service === 0x07 || service === 0x0a) {
    return concatBytes(head, encodeDtcs(service === 0x0a ? [] : ecu.codes, 'can'));
  }
  const echo = Uint8Array.of(service + 0x40, parameter);
  if (service === 0x09) {
    const items = information(ecu, parameter);
    return items && concatBytes(echo, items);
  }
  if ((parameter & 0x1f) === 0) {
    const all = listed(ecu.pids.keys());
    const there = parameter === 0 || all.includes(parameter);
    return there ? concatBytes(echo, encodeSupported(parameter, all)) : undefined;
  }
  const parts = partsOf(ecu, request);
  if (parts.length === 0) return undefined;
  return concatBytes(head, ...parts.flatMap(({ pid, length }) => [Uint8Array.of(pid), random.bytes(length)]));
};

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');

export const makeFuzzCar = (random: Random): FuzzCar => {
  const idBits = random.whole(4) === 0 ? 29 : 11;
  const spaces = random.whole(3) === 0;
  const ids = idBits === 11 ? [0x7e8, 0x7e9, 0x7ea] : [0x18daf110, 0x18daf111, 0x18daf118];
  const ecus = ids.slice(0, 1 + random.whole(3)).map((id) => makeEcu(random, id));
  const print = (id: number, bytes: Uint8Array): string => {
    const { groups } = elm327Wire.canLine({ id, idBits, bytes }, spaces);
    return spaces ? `${groups.join(' ')} ` : groups.join('');
  };
  return {
    idBits,
    spaces,
    pids: [...new Set(ecus.flatMap(({ pids }) => [...pids.keys()]))],
    answer: (request) =>
      ecus.flatMap((ecu) => {
        const payload = answerOf(random, ecu, request);
        if (payload === undefined) return [];
        const frames = elm327Wire.segment(payload, ecu.padding);
        const lines = frames.map((bytes) => print(ecu.id, bytes));
        const header = ecu.id.toString(16).toUpperCase();
        const parts = request[0] === 0x01 ? partsOf(ecu, request) : [];
        return [{ request: hex(request), ecu: ecu.id, payload, parts, header, frames, lines }];
      }),
  };
};
