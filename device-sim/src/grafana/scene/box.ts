import type { StoreRecord } from '@outpost/gateway';
import { type ClockAnchor, type StreamId, type WallNs, wallNs } from '@outpost/schemas/words';
import { type Random, random } from '../../random/sfc32.ts';
import { deviceOf, EPOCH_HEX, monoAt, NS_PER_MS, type Speaker } from './said.ts';

/** Stretches of the scene in which something is not as it should be, s. */
export interface Mishaps {
  /** A network does not answer. */
  readonly networkAway: { readonly fromS: number; readonly toS: number };
  /** The car's dongle is not in its socket. */
  readonly unplugged: { readonly fromS: number; readonly toS: number };
  readonly deaf: { readonly fromS: number; readonly toS: number };
}

/** A batch that was signed. */
export interface Signed {
  readonly stream: StreamId;
  readonly counter: number;
  readonly ms: number;
  readonly size: number;
  /** When its network answered. */
  readonly answeredMs: number;
  readonly verdict: 'settled' | 'refused' | 'expired' | 'unknown';
}

const SIGNED_EVERY_MS = 30_000;
const LEAF_BYTES = 44;
const STATEMENT_BYTES = 290;

const within = (ms: number, { fromS, toS }: { fromS: number; toS: number }): boolean =>
  ms >= fromS * 1_000 && ms < toS * 1_000;

const verdictOf = (chance: Random): Signed['verdict'] => {
  const draw = chance.unit();
  if (draw < 0.95) return 'settled';
  return draw < 0.98 ? 'refused' : draw < 0.99 ? 'expired' : 'unknown';
};

/** A signature over what each half minute brought, and when and how each was answered. */
export const signaturesOf = (speakers: readonly Speaker[], { networkAway }: Mishaps): readonly Signed[] => {
  const chance = random(5, 'verdicts');
  return speakers.flatMap(({ stream, said }) => {
    const sizes = new Map<number, number>();
    for (const { ms } of said) {
      const turn = Math.floor(ms / SIGNED_EVERY_MS);
      sizes.set(turn, (sizes.get(turn) ?? 0) + 1);
    }
    return [...sizes].map(([turn, size], counter): Signed => {
      const ms = (turn + 1) * SIGNED_EVERY_MS;
      const soon = ms + chance.between(300, 2_500);
      const answeredMs = within(soon, networkAway)
        ? networkAway.toS * 1_000 + chance.between(0, 20_000)
        : soon;
      return { stream, counter, ms, size, answeredMs, verdict: verdictOf(chance) };
    });
  });
};

const REASONS = {
  settled: ['', 'taken'],
  expired: ['expired', 'too old for this network'],
  unknown: ['unknown', 'no answer within a minute, twice'],
} as const;

/** In turn. */
const REFUSALS = [
  ['broken-chain', 'attestation 41 does not follow 39.'],
  ['fork', 'another attestation with this counter is known.'],
  ['bad-leaves', 'the leaves do not give the root.'],
] as const;

const REWARD = { unit: 'OUT', mantissa: 125, decimals: 3, basis: 'network' } as const;
const NETWORK = 'roads';
const RADIO_NETWORK = 'helium';

const hash = (chance: Random): string =>
  [...chance.bytes(32)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

interface Placed {
  readonly attestation: string;
  readonly ordinal: bigint;
  /** How many were refused before it. */
  readonly refusals: number;
  at(ms: number): WallNs;
}

const recordsOfSigned = (
  signed: Signed,
  anchor: ClockAnchor,
  { attestation, at, ordinal, refusals }: Placed,
): readonly StoreRecord[] => {
  const { stream, counter, ms, size, answeredMs, verdict } = signed;
  const device = deviceOf(stream);
  const refusal = REFUSALS[refusals % REFUSALS.length] ?? REFUSALS[0];
  const [code, words] = verdict === 'refused' ? refusal : REASONS[verdict];
  const shared = { device, stream, ordinal } as const;
  return [
    {
      kind: 'attestation',
      ...shared,
      epoch: EPOCH_HEX,
      counter,
      size,
      bytes: STATEMENT_BYTES + LEAF_BYTES * size,
      mono: monoAt(ms),
      anchor,
    },
    {
      kind: 'receipt',
      ...shared,
      network: NETWORK,
      verdict,
      code,
      words,
      attestation,
      reward: verdict === 'settled' ? { ...REWARD, mantissa: size } : undefined,
      wall: at(answeredMs),
    },
  ];
};

const MINUTE_MS = 60_000;

/** Frames that a network took one by one, told each minute. */
const deliveries = (
  radio: Speaker,
  { at, first }: { at(ms: number): WallNs; first: bigint },
): readonly StoreRecord[] => {
  const minutes = new Map<number, number>();
  for (const { ms, body } of radio.said) {
    if (body.kind !== 'reception' || body.direction !== 'heard' || body.crc !== 'ok') continue;
    const minute = Math.floor(ms / MINUTE_MS);
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
  }
  return [...minutes].flatMap(([minute, count], index): readonly StoreRecord[] => {
    const taken = Math.floor(count * 0.9);
    const shared = {
      kind: 'deliveries',
      network: RADIO_NETWORK,
      wall: at((minute + 1) * MINUTE_MS),
    } as const;
    const reward = { unit: 'DC', mantissa: BigInt(taken), decimals: 0, basis: 'rule' } as const;
    const ordinal = first + 2n * BigInt(index);
    return [
      { ...shared, verdict: 'settled', count: taken, reward, ordinal },
      { ...shared, verdict: 'expired', count: count - taken, reward: undefined, ordinal: ordinal + 1n },
    ];
  });
};

const DAYS_BEFORE = 12;
const DAY_MS = 86_400_000;

/** What the days before gave, as one receipt and one count each. */
const daysBefore = (at: (ms: number) => WallNs): readonly StoreRecord[] => {
  const chance = random(8, 'days before');
  return Array.from({ length: DAYS_BEFORE }, (_, index): readonly StoreRecord[] => {
    const wall = at(-(index + 1) * DAY_MS);
    const ordinal = 1_000_000n + 2n * BigInt(index);
    const frames = Math.round(chance.between(9_000, 14_000));
    return [
      {
        kind: 'receipt',
        network: NETWORK,
        device: 'car',
        stream: 'car/telemetry',
        verdict: 'settled',
        code: '',
        words: 'taken',
        attestation: hash(chance),
        reward: { ...REWARD, mantissa: Math.round(chance.between(200_000, 900_000)) },
        wall,
        ordinal,
      },
      {
        kind: 'deliveries',
        network: RADIO_NETWORK,
        verdict: 'settled',
        count: frames,
        reward: { unit: 'DC', mantissa: BigInt(frames), decimals: 0, basis: 'rule' },
        wall,
        ordinal: ordinal + 1n,
      },
    ];
  }).flat();
};

type Happening = readonly [s: number, device: string, what: string, words: string];

const happenings = ({ unplugged, deaf, networkAway }: Mishaps): readonly Happening[] => [
  [0, '', 'new-epochs', 'the program began; every stream has a new epoch.'],
  [1, 'car', 'connected', 'serial:///dev/rfcomm0'],
  [1, 'electric', 'connected', 'tcp://192.168.0.10:35000'],
  [2, 'hotspot', 'connected', 'udp://0.0.0.0:1700'],
  [unplugged.fromS, 'car', 'disconnected', 'serial:///dev/rfcomm0: the other side has gone.'],
  [unplugged.toS, 'car', 'connected', 'serial:///dev/rfcomm0'],
  [
    deaf.fromS + 600,
    'hotspot',
    'radio-deaf',
    'gateway 1: its radio has heard nothing for 10 min; look at its antenna.',
  ],
  [deaf.toS, 'hotspot', 'radio-hears', 'gateway 1: its radio hears again.'],
  [networkAway.toS, 'car', 'quarantined', 'elm327: 7F 01 12 is an answer to nothing that was asked.'],
];

/** What the gateway itself adds: signatures, verdicts, events. */
export const ofTheBox = (
  speakers: readonly Speaker[],
  signatures: readonly Signed[],
  { anchor, mishaps }: { readonly anchor: ClockAnchor; readonly mishaps: Mishaps },
): readonly StoreRecord[] => {
  const chance = random(6, 'hashes');
  const at = (ms: number): WallNs => wallNs(anchor.wall + BigInt(Math.round(ms)) * NS_PER_MS);
  const told = happenings(mishaps).map(
    ([s, device, what, words], index): StoreRecord => ({
      kind: 'event',
      device,
      what,
      words,
      wall: at(s * 1_000),
      ordinal: BigInt(index) + 1n,
    }),
  );
  let refusals = 0;
  const signed = signatures.flatMap((each, index) => {
    const place = { attestation: hash(chance), at, ordinal: 100n + BigInt(index), refusals };
    if (each.verdict === 'refused') refusals += 1;
    return recordsOfSigned(each, anchor, place);
  });
  const radio = speakers.find(({ stream }) => stream === 'hotspot/coverage');
  const first = 100n + BigInt(signatures.length);
  return [
    ...daysBefore(at),
    ...told,
    ...signed,
    ...(radio === undefined ? [] : deliveries(radio, { at, first })),
  ];
};
