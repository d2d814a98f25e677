import { concatBytes } from '@outpost/schemas/words';
import { latencyMs } from '../../car/bus.ts';
import { type ControlUnit, respond } from '../../car/ecu.ts';
import { type Answer, type Bench, sentPayloads, slowness } from './bench.ts';
import { LEGACY_PROTOCOLS, type LegacyProtocol } from './bus-protocol.ts';
import { legacyEvent } from './layout.ts';

/** What a 2003 car reports at most: the parameters of the standard's edition of 2002. */
export const LEGACY_PID_MAX = 0x33;

/** The same unit with the parameters of its time. */
export const olderUnit = (unit: ControlUnit): ControlUnit => ({
  ...unit,
  pids: new Map([...unit.pids].filter(([pid]) => pid <= LEGACY_PID_MAX)),
});

const DATA_MAX_BYTES = 7;
const PART_BYTES = 4;

const parts = (bytes: Uint8Array, size: number): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

/** Three codes to a message, without a count, filled up with zeros; no code is a message of zeros. */
const codeMessages = (service: number, payload: Uint8Array): readonly Uint8Array[] => {
  const codes = payload.subarray(2);
  const groups = codes.length === 0 ? [codes] : parts(codes, 6);
  return groups.map((group) => {
    const message = new Uint8Array(DATA_MAX_BYTES);
    message[0] = service;
    message.set(group, 1);
    return message;
  });
};

/** Four bytes to a message, numbered from 1; a VIN is filled up with zeros in front (SAE J1979, service 09). */
const informationMessages = (type: number, payload: Uint8Array): readonly Uint8Array[] => {
  if (type === 0x00) return [concatBytes(Uint8Array.of(0x49, 0x00, 0x01), payload.subarray(2))];
  const content = payload.subarray(3);
  const missing = (PART_BYTES - (content.length % PART_BYTES)) % PART_BYTES;
  const whole = concatBytes(new Uint8Array(missing), content);
  return parts(whole, PART_BYTES).map((part, i) => concatBytes(Uint8Array.of(0x49, type, i + 1), part));
};

/** How many messages an odd information type announces for the even one after it. */
const countMessage = (
  bench: Bench,
  unit: ControlUnit,
  type: number,
  how: 'functional' | 'physical',
): readonly Uint8Array[] => {
  const payload = respond(unit, Uint8Array.of(0x09, type + 1), how, bench.moment);
  if (payload?.[0] !== 0x49) return [];
  return [Uint8Array.of(0x49, type, informationMessages(type + 1, payload).length)];
};

/**
 * The messages in which a unit of an older bus says the same as on CAN; none where the bus has no such thing: several
 * parameters at once, permanent codes, more than seven bytes.
 */
export const legacyMessages = (
  bench: Bench,
  unit: ControlUnit,
  request: Uint8Array,
  how: 'functional' | 'physical',
): readonly Uint8Array[] => {
  const [service = 0, parameter = 0] = request;
  if ((service === 0x01 && request.length !== 2) || service === 0x0a) return [];
  if (service === 0x09 && /^[13579]$/.test(String(parameter))) {
    return countMessage(bench, unit, parameter, how);
  }
  const payload = respond(unit, request, how, bench.moment);
  if (payload === undefined) return [];
  const [said = 0] = payload;
  if (said === 0x43 || said === 0x47) return codeMessages(said, payload);
  if (said === 0x49) return informationMessages(parameter, payload);
  return payload.length > DATA_MAX_BYTES ? [] : [payload];
};

const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => (total + byte) & 0xff, 0);

/** SAE J1850: polynomial 1D, all ones before and inverted after. */
export const crcJ1850 = (bytes: Uint8Array): number => {
  let crc = 0xff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ ((crc & 0x80) === 0 ? 0 : 0x1d)) & 0xff;
  }
  return crc ^ 0xff;
};

const FUNCTIONAL = { pwm: 0x6a, vpw: 0x6a, iso9141: 0x6a, kwp: 0x33 } as const;

/** Header and checksum around the data, as a unit at `source` sends them. */
export const legacyMessage = (
  protocol: LegacyProtocol,
  source: number,
  tester: number,
  data: Uint8Array,
): Uint8Array => {
  const { name } = LEGACY_PROTOCOLS[protocol];
  const header =
    name === 'kwp' ? [0x80 | data.length, tester, source] : [name === 'pwm' ? 0x41 : 0x48, 0x6b, source];
  const bytes = concatBytes(Uint8Array.from(header), data);
  const check = name === 'pwm' || name === 'vpw' ? crcJ1850(bytes) : sum(bytes);
  return concatBytes(bytes, Uint8Array.of(check));
};

/** The address of a unit on the older buses is the one that stands in its 29-bit identifiers. */
const addressOf = (unit: ControlUnit): number => unit.address.reply29 & 0xff;

const addressed = (
  { settings }: Bench,
  protocol: LegacyProtocol,
  unit: ControlUnit,
): 'functional' | 'physical' | undefined => {
  if (settings.header === undefined) return 'functional';
  const target = (settings.header.value >> 8) & 0xff;
  if (target === FUNCTIONAL[LEGACY_PROTOCOLS[protocol].name]) return 'functional';
  return target === addressOf(unit) ? 'physical' : undefined;
};

const HEADER_AND_CHECK_BYTES = 4;

/** What the control units of an older bus send to a request, one after the other, as the chip prints it. */
export const legacyAnswers = (
  bench: Bench,
  protocol: LegacyProtocol,
  request: Uint8Array,
): readonly Answer[] => {
  const { byteMs, gapMs, latencyMs: leastMs, restMs } = LEGACY_PROTOCOLS[protocol];
  const { seed } = bench.moment.model;
  const answers: Answer[] = [];
  let atMs =
    Math.max(0, restMs - bench.restedMs) + (request.length + HEADER_AND_CHECK_BYTES) * (byteMs + gapMs);
  for (const unit of bench.units.map(olderUnit)) {
    const how = addressed(bench, protocol, unit);
    if (how === undefined) continue;
    const thinksMs = leastMs + slowness(bench) * latencyMs(unit.latency, seed, unit.number, bench.number);
    for (const message of legacyMessages(bench, unit, request, how)) {
      let last = 0;
      for (const { afterMs, bytes } of sentPayloads(bench, unit.number, request[0] ?? 0, message)) {
        const whole = legacyMessage(protocol, addressOf(unit), bench.settings.tester, bytes);
        atMs += thinksMs + (afterMs - last) + whole.length * byteMs;
        last = afterMs;
        answers.push({ atMs, events: [legacyEvent(whole, bench.settings)] });
      }
    }
  }
  return answers;
};
