import {
  type BeaconExplained,
  COVERAGE_RULES,
  type CoverageRule,
  type Encounter,
  type Explained,
  type Judgement,
  radioName,
  rateFrom,
  rateText,
  type SignedReception,
  timeOf,
} from '@outpost/schemas/radio';
import { toHex } from '@outpost/schemas/words';
import { timeText } from './verify-text.ts';

const RADIO_DIGITS = 16;

/** What each reception came to, in numbers. */
export interface CoverageTally {
  readonly verdicts: Readonly<Record<Judgement, number>>;
  /** How often each rule was broken. */
  readonly broken: ReadonlyMap<CoverageRule, number>;
  /** Radios that heard too strongly, of whose antennas nobody has told. */
  readonly gainless: ReadonlySet<string>;
}

export const newTally = (): {
  readonly verdicts: Record<Judgement, number>;
  readonly broken: Map<CoverageRule, number>;
  readonly gainless: Set<string>;
} => ({
  verdicts: { accepted: 0, doubtful: 0, duplicate: 0, rejected: 0, unjudged: 0, sent: 0 },
  broken: new Map(),
  gainless: new Set(),
});

const frameText = ({ body }: SignedReception): string => {
  const { frequencyHz, modulation, rssiDeciDbm, snrDeciDb } = body;
  return [
    ...(modulation === undefined ? [] : [rateText(rateFrom(modulation))]),
    ...(frequencyHz === undefined ? [] : [`${(frequencyHz / 1e6).toFixed(4)} MHz`]),
    ...(rssiDeciDbm === undefined ? [] : [`${(rssiDeciDbm / 10).toFixed(1)} dBm`]),
    ...(snrDeciDb === undefined ? [] : [`${(snrDeciDb / 10).toFixed(1)} dB`]),
    `${body.phy.length} bytes`,
  ].join(' ');
};

/** One reception in one line: when, which leaf, which radio, what, and the verdict in words. */
export const receptionLine = (signed: SignedReception, { words }: Explained): string =>
  `${timeText(timeOf(signed).wall)} ${signed.stream} ${signed.sequence} ` +
  `${radioName(signed).slice(0, RADIO_DIGITS)} ${frameText(signed)}: ${words}`;

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;

export const tallyLines = ({ verdicts, broken, gainless }: CoverageTally): readonly string[] => {
  const { accepted, doubtful, duplicate, rejected, unjudged, sent } = verdicts;
  const heard = accepted + doubtful + duplicate + rejected + unjudged;
  const rules = [...broken].toSorted(([, a], [, b]) => b - a).map(([rule, times]) => `${rule} ${times}`);
  return [
    `${count(heard, 'reception', 'receptions')}: ${accepted} would be accepted, ${doubtful} doubtful, ` +
      `${duplicate} reported twice, ${rejected} would be rejected, ${unjudged} cannot be judged; ${sent} sent`,
    ...(rules.length === 0 ? [] : [`  rules broken: ${rules.join(', ')}`]),
    ...(gainless.size === 0
      ? []
      : [
          `  up to ${COVERAGE_RULES.gainUnknownDbi} dBi were allowed for the antennas of ${[...gainless].join(', ')}, ` +
            'which nobody has told; say them by --gain',
        ]),
  ];
};

export const encounterLines = (encounters: readonly Encounter[]): readonly string[] =>
  encounters.map(({ words }) => `  met: ${words}`);

const hotspotText = (signed: SignedReception | undefined): string =>
  signed === undefined ? 'nobody' : radioName(signed).slice(0, RADIO_DIGITS);

export const beaconLines = (beacons: readonly BeaconExplained[]): readonly string[] =>
  beacons.flatMap(({ beacon, verdict, witnesses, words }) => [
    `  beacon of ${hotspotText(beacon)} at ${timeText(beacon.wall)}, by the retired rules: ${words}`,
    ...(verdict?.witnesses ?? []).map(
      (each, i) => `    heard by ${hotspotText(witnesses[i])}: ${each.words}`,
    ),
  ]);

/** For scripts: bytes as hex, times in nanoseconds as text, one object a line. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => {
    if (each instanceof Uint8Array) return toHex(each);
    if (each instanceof Map) return Object.fromEntries(each as Map<string, unknown>);
    return typeof each === 'bigint' ? each.toString() : each;
  });
