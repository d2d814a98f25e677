import { toHex, type WallNs } from '@outpost/schemas/words';
import { duration } from '../control/status-words.ts';
import { type Amount, decimalText, newAmounts } from '../ledger/amounts.ts';
import {
  type DayTotals,
  FATES,
  type Fate,
  type HourSums,
  type Life,
  type PredictionScore,
  type ReadingLine,
  type Totals,
} from '../ledger/lines.ts';
import type { NewestLine } from '../ledger/newest.ts';
import type { Prediction } from '../networks/contract.ts';
import { printable } from '../store/point.ts';

const WORDS_MAX = 200;
const HASH_SHOWN = 12;

/** A network's words as a terminal may show them: nothing in them moves the cursor or turns the text around. */
export const plain = (words: string): string => {
  const shown = printable(words).replace(/[\u0080-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
  return shown.length > WORDS_MAX ? `${shown.slice(0, WORDS_MAX)}…` : shown;
};

const MS_MAX = 8.64e15;

/** To the second; a clock that said no date is shown as such. */
export const secondText = (wall: WallNs): string => {
  const ms = Number(wall / 1_000_000n);
  return Math.abs(ms) > MS_MAX ? 'no date' : `${new Date(ms).toISOString().slice(0, 19)}Z`;
};

const secondsBetween = (from: WallNs, to: WallNs): number => Math.max(0, Math.round(Number(to - from) / 1e9));

export const amountText = ({ unit, basis, ...number }: Amount): string =>
  `${decimalText(number)} ${unit}${basis === 'rule' ? ' by its rule' : ''}`;

const rewardText = ({ reward }: Pick<Fate, 'reward'>): string =>
  reward === undefined ? '' : `, ${amountText({ ...reward, mantissa: BigInt(reward.mantissa) })}`;

const because = ({ code, words }: Pick<Fate, 'code' | 'words'>): string => {
  const said = [code, words].filter((each) => each !== '').map(plain);
  return said.length === 0 ? '' : `: ${said.join(', ')}`;
};

const predictionText = ({ expect, words, reward }: Prediction): string => {
  const worth = reward === undefined ? '' : rewardText({ reward });
  return `, expected ${expect}${worth} (${plain(words)})`;
};

const isAsExpected = ({ kind, predicted }: Pick<Fate, 'kind' | 'predicted'>): boolean =>
  (predicted?.expect === 'accepted' && kind === 'settled') ||
  (predicted?.expect === 'refused' && kind === 'refused');

const partText = ({ refusedReadings }: Fate): string =>
  refusedReadings === 0 ? '' : ` without ${refusedReadings} readings that it refused`;

const fateText = (fate: Fate, made: WallNs | undefined, now: WallNs): string => {
  const { network, kind, wall, predicted } = fate;
  const after =
    made === undefined || wall === undefined ? '' : ` after ${duration(secondsBetween(made, wall))}`;
  const expected = predicted === undefined || isAsExpected(fate) ? '' : predictionText(predicted);
  switch (kind) {
    case 'settled':
      return `${network}: settled${after}${partText(fate)}${because(fate)}${rewardText(fate)}${expected}`;
    case 'refused':
    case 'expired':
    case 'unknown':
      return `${network}: ${kind.toUpperCase()}${after}${because(fate)}${expected}`;
    case 'withheld':
      return `${network}: withheld${because(fate)}`;
    case 'pending': {
      const age = made === undefined ? '' : ` for ${duration(secondsBetween(made, now))}`;
      return `${network}: pending${age}${expected}`;
    }
  }
};

const lifeText = (life: Life, now: WallNs): string => {
  const { made, stream, counter, readings, origin, fates, later, networks } = life;
  const what = `${secondText(made)}  ${stream} ${counter}  ${readings} readings${origin === 'live' ? '' : ` (${origin})`}`;
  const ends = [
    ...fates.map((fate) => fateText(fate, made, now)),
    ...later.map((network) => `${network}: see below`),
  ];
  const shared = networks > 1 ? `  [the same evidence to ${networks} networks]` : '';
  return `${what}  ${ends.length === 0 ? 'no network' : ends.join(' · ')}${shared}`;
};

const lateText = (stream: string, hash: Uint8Array, fate: Fate): string => {
  const when = fate.wall === undefined ? 'time unknown' : secondText(fate.wall);
  return `${when}  ${stream}  an earlier attestation, ${toHex(hash).slice(0, HASH_SHOWN)}…  ${fateText(fate, undefined, fate.wall ?? (0n as WallNs))}`;
};

const countsText = (counts: Readonly<Partial<Record<Fate['kind'], number>>>): string =>
  FATES.filter((kind) => (counts[kind] ?? 0) > 0)
    .map((kind) => `${counts[kind]} ${kind}`)
    .join(', ');

const amountsText = (rewards: readonly Amount[]): string =>
  rewards.length === 0 ? '' : `  ${rewards.map(amountText).join(' + ')}`;

const hourText = ({ network, device, hour, counts, codes, rewards }: HourSums): string => {
  const why = [...codes].map(([code, times]) => `${plain(code)} ${times}`);
  return (
    `${secondText(hour).slice(0, 13)}h  ${network}  ${device === '' ? 'readings' : `readings of ${device}`}: ` +
    `${countsText(counts)}${why.length === 0 ? '' : ` (${why.join(', ')})`}${amountsText(rewards)}`
  );
};

const readingText = (line: ReadingLine): string => {
  const { network, reading, offset, kind, wall, predicted } = line;
  const what =
    reading === undefined
      ? `the reading at journal offset ${offset}`
      : `${reading.stream} ${reading.sequence}`;
  const when = reading?.wall ?? wall;
  const time = when === undefined ? 'time unknown' : secondText(when);
  const said = kind === 'settled' || kind === 'pending' ? kind : `${kind.toUpperCase()}${because(line)}`;
  const expected = predicted === undefined || isAsExpected(line) ? '' : predictionText(predicted);
  return `${time}  ${what}  ${network}: ${said}${rewardText(line)}${expected}`;
};

const dayText = ({ day, network, of, counts, readings, rewards }: Omit<DayTotals, 'day'> & { day: string }) =>
  `  ${day === '' ? 'other days' : day}  ${network}  ${of}: ${countsText(counts)}` +
  `${of === 'attestations' && readings > 0 ? ` (${readings} readings)` : ''}${amountsText(rewards)}`;

/** All days of each network together. */
const together = (days: readonly DayTotals[]): readonly DayTotals[] => {
  const names = [...new Set(days.map(({ network, of }) => `${network} ${of}`))];
  return names.map((name) => {
    const own = days.filter(({ network, of }) => `${network} ${of}` === name);
    const [first] = own;
    if (first === undefined) throw new Error('unreachable: a name comes from a day');
    const amounts = newAmounts();
    for (const { rewards } of own) for (const each of rewards) amounts.add(each);
    const counts = Object.fromEntries(
      FATES.map((kind) => [kind, own.reduce((sum, day) => sum + day.counts[kind], 0)]),
    ) as Record<Fate['kind'], number>;
    const readings = own.reduce((sum, day) => sum + day.readings, 0);
    return { ...first, day: 'all days  ', counts, readings, rewards: amounts.list() };
  });
};

const SHARE_DIGITS = 1;

const scoreText = ({ network, right, wrong, unsure, open, expected }: PredictionScore): readonly string[] => {
  const sure = right + wrong;
  const share = sure === 0 ? '' : ` (${((100 * right) / sure).toFixed(SHARE_DIGITS)} %)`;
  return [
    `  ${network}: ${right} of ${sure} right${share}` +
      `${unsure === 0 ? '' : `, ${unsure} unsure`}${open === 0 ? '' : `, ${open} not answered yet`}`,
    ...expected.map(({ expect, words, times }) => `    ${times} expected ${expect}: ${plain(words)}`),
  ];
};

const totalsLines = ({ days, predictions, attestations, shared }: Totals): readonly string[] => {
  if (attestations === 0 && days.length === 0) return ['Nothing was made or has ended in that time.'];
  return [
    '',
    `${attestations} attestations${shared === 0 ? '' : `, ${shared} of them to more than one network`}`,
    ...(days.length === 0 ? [] : ['by network and day (UTC)', ...days.map(dayText)]),
    ...together(days).map(dayText),
    ...(predictions.length === 0 ? [] : ['predictions', ...predictions.flatMap(scoreText)]),
  ];
};

const omittedText = (rows: number, hours: number): string => {
  const parts = [...(rows === 0 ? [] : [`${rows} lines`]), ...(hours === 0 ? [] : [`${hours} hours`])];
  return `${parts.join(' and ')} before these are left out; the totals count them.`;
};

/** What a person reads of a line of the ledger; nothing of one about progress. */
export const ledgerText = (line: NewestLine, now: WallNs): readonly string[] => {
  switch (line.kind) {
    case 'attestation':
      return [lifeText(line.life, now)];
    case 'late':
      return [lateText(line.stream, line.hash, line.fate)];
    case 'hour':
      return [hourText(line.sums)];
    case 'reading':
      return [readingText(line.line)];
    case 'totals':
      return totalsLines(line.totals);
    case 'omitted':
      return [omittedText(line.rows, line.hours)];
    case 'progress':
      return [];
  }
};
