import { loadMapping, type Said as Reading, writeMessage } from '@outpost/firmware-bridge';
import {
  createRig,
  mappedParts,
  ovmsParts,
  redecodeMapped,
  redecodeOvms,
  redecodeWican,
  wicanParts,
} from '@outpost/firmware-bridge/wires';
import { signalById } from '@outpost/schemas/vehicle';
import type { Body } from '@outpost/schemas/words';
import { OVMS_FLEET } from '../devices/mqtt/ovms.ts';
import type { FleetKind, Said } from '../devices/mqtt/said.ts';
import { SENSOR_FLEET, SENSOR_MAPPING } from '../devices/mqtt/sensor.ts';
import { WICAN_FLEET } from '../devices/mqtt/wican.ts';
import { type Random, random } from '../random/sfc32.ts';

/** What happens to one message. */
export const DAMAGES = ['none', 'byte', 'cut', 'joined', 'bent', 'topic', 'noise'] as const;
export type Damage = (typeof DAMAGES)[number];

export interface MqttFuzzReport {
  readonly messages: Readonly<Record<FleetKind['name'], number>>;
  readonly damaged: Readonly<Record<Damage, number>>;
  readonly readings: number;
  readonly quarantined: number;
  readonly wrong: {
    /** Readings that do not say what their own raw bytes say. */
    readonly notRedecoded: number;
    /** Numbers that their signal cannot have. */
    readonly implausible: number;
    readonly undecided: number;
  };
  /** Undamaged items that were quarantined: a long answer that never ended takes the next of its sender along. */
  readonly goodAside: number;
  readonly examples: readonly string[];
}

const NOW_MS = 1_795_507_200_000;
const EXAMPLES_MAX = 5;

/** Values that firmwares do not write, and fuzzers like. */
const BENT: readonly string[] = [
  'null',
  '-1',
  '1e308',
  '1e-320',
  '""',
  '[]',
  '{}',
  'true',
  '9007199254740993',
  '-0',
  '"\\ud800"',
  '"__proto__"',
];

const bend = (text: string, draw: Random): string => {
  const values = [...text.matchAll(/-?\d+(?:\.\d+)?|"[^"]*"|true|false/g)];
  const chosen = values[draw.whole(Math.max(1, values.length))];
  if (chosen === undefined) return text;
  const by = BENT[draw.whole(BENT.length)] ?? '';
  return text.slice(0, chosen.index) + by + text.slice(chosen.index + chosen[0].length);
};

const damage = (
  said: Said,
  other: Said,
  how: Damage,
  draw: Random,
): { topic: string; payload: Uint8Array } => {
  const { topic, payload } = said;
  const at = draw.whole(Math.max(1, payload.length));
  const copy = payload.slice();
  switch (how) {
    case 'none':
      return said;
    case 'byte':
      copy[at] = draw.whole(256);
      return { topic, payload: copy };
    case 'cut':
      return { topic, payload: payload.slice(0, at) };
    case 'joined':
      return { topic, payload: Uint8Array.from([...payload.slice(0, at), ...other.payload]) };
    case 'bent':
      return { topic, payload: new TextEncoder().encode(bend(new TextDecoder().decode(payload), draw)) };
    case 'topic':
      return { topic: other.topic, payload };
    case 'noise':
      return { topic, payload: draw.bytes(draw.whole(200)) };
  }
};

const rigs = async () => {
  const { checkMapping } = await loadMapping();
  const checked = checkMapping(JSON.stringify(SENSOR_MAPPING), 'sensor.json');
  const [wican, ovms] = [await wicanParts.check(undefined), await ovmsParts.check({ records: true })];
  if (!('mapping' in checked) || !wican.ok || !ovms.ok) throw new Error('options that do not hold');
  const mapped = { mapping: checked.mapping, silentAfterMs: 60_000 };
  return [
    {
      kind: WICAN_FLEET,
      rig: createRig(wicanParts.codec, wicanParts.session(wican.value), () => []),
      redecode: redecodeWican,
    },
    {
      kind: OVMS_FLEET,
      rig: createRig(ovmsParts.codec, ovmsParts.session(ovms.value), () => []),
      redecode: redecodeOvms,
    },
    {
      kind: SENSOR_FLEET,
      rig: createRig(mappedParts.codec, mappedParts.session(mapped), () => []),
      redecode: redecodeMapped,
    },
  ] as const;
};

const isPlausible = (body: Body): boolean => {
  if (body.kind !== 'number') return true;
  const row = signalById(body.signal);
  return (
    row !== undefined &&
    Number.isSafeInteger(body.mantissa) &&
    body.mantissa >= row.minMantissa &&
    body.mantissa <= row.maxMantissa
  );
};

const isSame = (a: Body, b: Body): boolean => JSON.stringify(a) === JSON.stringify(b);

const saysItself = ({ body, raw }: Reading, redecode: (raw: Uint8Array) => readonly Body[]): boolean =>
  redecode(raw).some((each) => isSame(each, body));

/** Feeds messages of simulated devices, most of them damaged, to the adapters that read them. */
export const fuzzMqtt = async (
  count: number,
  seed: number,
  progress: (messages: number) => void = () => undefined,
): Promise<MqttFuzzReport> => {
  const draw = random(seed, 'mqtt-fuzz');
  const messages = { wican: 0, ovms: 0, sensor: 0 };
  const damaged: Record<Damage, number> = {
    none: 0,
    byte: 0,
    cut: 0,
    joined: 0,
    bent: 0,
    topic: 0,
    noise: 0,
  };
  const wrong = { notRedecoded: 0, implausible: 0, undecided: 0 };
  const examples: string[] = [];
  let [readings, quarantined, goodAside, fed] = [0, 0, 0, 0];
  const played = await rigs();
  for (let turn = 0; fed < count; turn += 1) {
    for (const { kind, rig, redecode } of played) {
      const said = kind.device(seed, 0).speak(turn, NOW_MS + 1_000 * turn);
      for (const [index, one] of said.entries()) {
        const how = DAMAGES[draw.whole(DAMAGES.length)] ?? 'none';
        const other = said[(index + 1) % said.length] ?? one;
        const message = damage(one, other, how, draw);
        rig.receive(writeMessage(message));
        fed += 1;
        messages[kind.name] += 1;
        damaged[how] += 1;
        const aside = rig.fates.filter((fate) => fate.kind === 'quarantined').length;
        quarantined += aside;
        readings += rig.said.length;
        const bad = rig.said.filter((each) => !saysItself(each, redecode));
        wrong.notRedecoded += bad.length;
        wrong.implausible += rig.said.filter(({ body }) => !isPlausible(body)).length;
        wrong.undecided += Math.abs(rig.undecided);
        if (how === 'none') goodAside += aside;
        if (bad.length > 0 && examples.length < EXAMPLES_MAX) {
          examples.push(`${kind.name} ${how} ${message.topic} ${new TextDecoder().decode(message.payload)}`);
        }
        rig.said.length = 0;
        rig.fates.length = 0;
        rig.statuses.length = 0;
        if (fed % 100_000 === 0) progress(fed);
      }
      rig.run(1_000);
    }
  }
  return { messages, damaged, readings, quarantined, wrong, goodAside, examples };
};
