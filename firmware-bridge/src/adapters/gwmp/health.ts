import { elapsedMs, type MonoNs, type ReceptionBody } from '@outpost/schemas/words';
import type { Happening } from '../../session.ts';
import { type Gaps, gap99Ms, NO_GAPS, withGap } from './gaps.ts';
import type { Stat } from './stat.ts';

/** What can be wrong with a radio and its gateway. */
export type Trouble = 'radio-deaf' | 'gateway-offline' | 'ack-ratio' | 'crc-ratio' | 'temperature' | 'noise';

/** What is known of a gateway's health, from what it said. */
export interface Health {
  readonly since: MonoNs;
  readonly heardAt: MonoNs;
  readonly statAt: MonoNs | undefined;
  /** Between its last two statistics, and between those before them. */
  readonly statGapsMs: readonly [last: number, before: number];
  /** When its radio last received anything, damaged frames included. */
  readonly radioAt: MonoNs | undefined;
  readonly gaps: Gaps;
  /** Frames and good frames of the last statistics, newest last. */
  readonly counts: readonly { readonly received: number; readonly ok: number }[];
  /** Of about the last hundred datagrams: how many count, and tenths of a per cent that were acknowledged of them. */
  readonly acks: { readonly weight: number; readonly decipercent: number };
  readonly temperatureDeciC: number | undefined;
  /** Tenths of a dBm, as the last frames and as hundreds of frames show it. */
  readonly noise: { readonly now: number; readonly usual: number; readonly frames: number } | undefined;
  readonly troubles: ReadonlySet<Trouble>;
}

/** Of the reference forwarder (lora_pkt_fwd.c); a gateway that says more is not expected to go on with it. */
const STAT_EVERY_MIN_MS = 30_000;
const STAT_EVERY_MAX_MS = 600_000;
/** Three statistics missing are no longer chance. */
const OFFLINE_AFTER_STATS = 3;
/** Whoever looks does it every 5 s, and the owner shall know before the time of the third is over. */
const LOOKED_AT_EARLIER_MS = 6_000;

/** No radio is called deaf earlier, however busy its place is. */
export const DEAF_AFTER_MIN_MS = 900_000;
const DEAF_AFTER_GAPS = 5;
/** Fewer gaps say nothing of a place; until then a quiet one and a deaf radio look the same for this long. */
const GAPS_KNOWN = 20;
const DEAF_UNKNOWN_MS = 6 * 3_600_000;

const STATS_MAX = 20;
/** Below this share of acknowledged datagrams the way to here loses or delays. */
const ACK_LOW_DECIPERCENT = 900;
/** A statistic of a busy gateway counts as many datagrams, one of a quiet gateway for the one that carries it. */
const ACK_WEIGHT_MAX = 50;
const ACK_WEIGHT_KEPT = 100;
/** Of fewer datagrams one lost one says nothing. */
const ACK_WEIGHT_MIN = 40;
/** A quarter of damaged frames is usual where spectrum is shared (CampusIoT: 23.6 %). */
const CRC_BAD_SHARE = 0.6;
const CRC_FRAMES_MIN = 100;
/** Concentrators are specified to 85 °C. */
const HOT_DECI_C = 800;
const COOLED_DECI_C = 750;
/** A neighbour of a channel, or an amplifier that oscillates. */
const NOISE_RISE_DECI_DB = 60;
const NOISE_FRAMES_MIN = 200;

const NO_TROUBLES: ReadonlySet<Trouble> = new Set();

export const newHealth = (now: MonoNs): Health => ({
  since: now,
  heardAt: now,
  statAt: undefined,
  statGapsMs: [STAT_EVERY_MIN_MS, STAT_EVERY_MIN_MS],
  radioAt: undefined,
  gaps: NO_GAPS,
  counts: [],
  acks: { weight: 0, decipercent: 0 },
  temperatureDeciC: undefined,
  noise: undefined,
  troubles: NO_TROUBLES,
});

export const heardFrom = (health: Health, now: MonoNs): Health => ({ ...health, heardAt: now });

const radioHeard = (health: Health, now: MonoNs): Health => {
  const { radioAt, gaps } = health;
  return {
    ...health,
    radioAt: now,
    gaps: radioAt === undefined ? gaps : withGap(gaps, elapsedMs(radioAt, now)),
  };
};

/** Noise that is left of the channel's strength when the signal is taken out, in tenths of a dBm at 125 kHz. */
const noiseOf = ({ rssiDeciDbm, snrDeciDb, modulation }: ReceptionBody): number | undefined => {
  if (rssiDeciDbm === undefined || snrDeciDb === undefined || modulation?.kind !== 'lora') return undefined;
  // Where the signal is far above the noise the chip's SNR saturates and says nothing of it.
  if (snrDeciDb > 50) return undefined;
  const over = 100 * Math.log10(1 + 10 ** (snrDeciDb / 100));
  return rssiDeciDbm - over - 100 * Math.log10(modulation.bandwidthHz / 125_000);
};

const withNoise = (noise: Health['noise'], level: number): NonNullable<Health['noise']> => {
  if (noise === undefined) return { now: level, usual: level, frames: 1 };
  const frames = noise.frames + 1;
  const near = (old: number, over: number): number => old + (level - old) / Math.min(frames, over);
  return { now: near(noise.now, 20), usual: near(noise.usual, 1_000), frames };
};

/** Takes in a frame that it heard. */
export const withFrame = (health: Health, body: ReceptionBody, now: MonoNs): Health => {
  const heard = radioHeard(health, now);
  const level = noiseOf(body);
  return level === undefined ? heard : { ...heard, noise: withNoise(heard.noise, level) };
};

/** The shorter of two gaps: one statistic that was lost on its way does not make a gateway a slow one. */
export const statEveryMs = ({ statGapsMs }: Pick<Health, 'statGapsMs'>): number =>
  Math.min(STAT_EVERY_MAX_MS, Math.max(STAT_EVERY_MIN_MS, Math.min(...statGapsMs)));

const withAcks = (acks: Health['acks'], decipercent: number, forwarded: number): Health['acks'] => {
  const added = Math.min(ACK_WEIGHT_MAX, Math.max(1, forwarded));
  const left = acks.weight * (1 - added / ACK_WEIGHT_KEPT);
  const weight = left + added;
  return { weight, decipercent: (left * acks.decipercent + added * decipercent) / weight };
};

/** Takes in one of its statistics. */
export const withStat = (health: Health, stat: Stat, now: MonoNs): Health => {
  const { received, receivedOk, ackDecipercent, temperatureDeciC } = stat;
  // Its own frames came just before it; only what was not passed on is news.
  const isNews =
    received !== undefined &&
    received > 0 &&
    elapsedMs(health.radioAt ?? health.since, now) > statEveryMs(health);
  const heard = isNews ? radioHeard(health, now) : health;
  const count = received === undefined || receivedOk === undefined ? [] : [{ received, ok: receivedOk }];
  return {
    ...heard,
    statAt: now,
    statGapsMs:
      health.statAt === undefined ? health.statGapsMs : [elapsedMs(health.statAt, now), health.statGapsMs[0]],
    counts: [...heard.counts, ...count].slice(-STATS_MAX),
    acks:
      ackDecipercent === undefined ? heard.acks : withAcks(heard.acks, ackDecipercent, stat.forwarded ?? 0),
    temperatureDeciC: temperatureDeciC ?? heard.temperatureDeciC,
  };
};

/** After how much silence of a radio whose gateway still speaks something is wrong. */
export const deafAfterMs = ({ gaps }: Health): number =>
  gaps.total < GAPS_KNOWN ? DEAF_UNKNOWN_MS : Math.max(DEAF_AFTER_MIN_MS, DEAF_AFTER_GAPS * gap99Ms(gaps));

export const crcOkShare = ({ counts }: Health): number | undefined => {
  const received = counts.reduce((sum, each) => sum + each.received, 0);
  return received < CRC_FRAMES_MIN ? undefined : counts.reduce((sum, each) => sum + each.ok, 0) / received;
};

const isOffline = (health: Health, now: MonoNs): boolean =>
  elapsedMs(health.heardAt, now) >= OFFLINE_AFTER_STATS * statEveryMs(health) - LOOKED_AT_EARLIER_MS;

const isHot = ({ temperatureDeciC = 0, troubles }: Health): boolean =>
  temperatureDeciC >= (troubles.has('temperature') ? COOLED_DECI_C : HOT_DECI_C);

/** What is wrong now. A gateway that is away says nothing of its radio, so the rest stays as it was. */
const troublesNow = (health: Health, now: MonoNs): ReadonlySet<Trouble> => {
  if (isOffline(health, now)) return new Set([...health.troubles, 'gateway-offline']);
  const { acks, noise, radioAt, since, statAt } = health;
  const found: Trouble[] = [];
  const silentMs = elapsedMs(radioAt ?? since, now);
  if (statAt !== undefined && silentMs > deafAfterMs(health)) found.push('radio-deaf');
  if (acks.weight >= ACK_WEIGHT_MIN && acks.decipercent < ACK_LOW_DECIPERCENT) found.push('ack-ratio');
  if ((crcOkShare(health) ?? 1) < 1 - CRC_BAD_SHARE) found.push('crc-ratio');
  if (isHot(health)) found.push('temperature');
  const isNoisy =
    noise !== undefined && noise.frames >= NOISE_FRAMES_MIN && noise.now - noise.usual > NOISE_RISE_DECI_DB;
  if (isNoisy) found.push('noise');
  return new Set(found);
};

const minutes = (ms: number): string => `${Math.round(ms / 60_000)} min`;

const BEGINS: Readonly<Record<Trouble, (health: Health) => string>> = {
  'radio-deaf': (health) =>
    `its radio has heard nothing for ${minutes(deafAfterMs(health))} while it goes on speaking; look at its antenna, or restart it.`,
  'gateway-offline': () => 'it says nothing any more; is it switched on and on the network?',
  'ack-ratio': () =>
    'less than 90 % of what it sends is acknowledged in time; the network between loses or delays.',
  'crc-ratio': () => 'more than 60 % of the frames it hears are damaged; something disturbs its radio.',
  temperature: () => 'its concentrator is hotter than 80 °C.',
  noise: () => 'the noise at its antenna has risen by more than 6 dB.',
};

const ENDS: Readonly<Record<Trouble, readonly [what: string, words: string]>> = {
  'radio-deaf': ['radio-hears', 'its radio hears again.'],
  'gateway-offline': ['gateway-online', 'it speaks again.'],
  'ack-ratio': ['ack-ratio-ended', 'what it sends is acknowledged in time again.'],
  'crc-ratio': ['crc-ratio-ended', 'most of the frames it hears are whole again.'],
  temperature: ['temperature-ended', 'its concentrator has cooled down.'],
  noise: ['noise-ended', 'the noise at its antenna is as usual again.'],
};

/** The same health with what is wrong now, and what is to be told of that. */
export const checkHealth = (
  eui: string,
  health: Health,
  now: MonoNs,
): { readonly health: Health; readonly happenings: readonly Happening[] } => {
  const troubles = troublesNow(health, now);
  const begun = [...troubles].filter((each) => !health.troubles.has(each));
  const ended = [...health.troubles].filter((each) => !troubles.has(each));
  if (begun.length + ended.length === 0) return { health, happenings: [] };
  const happenings = [
    ...begun.map((each) => ({ what: each as string, words: `gateway ${eui}: ${BEGINS[each](health)}` })),
    ...ended.map((each) => ({ what: ENDS[each][0], words: `gateway ${eui}: ${ENDS[each][1]}` })),
  ];
  return { health: { ...health, troubles }, happenings };
};
