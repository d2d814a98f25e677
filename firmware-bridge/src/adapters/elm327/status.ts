import { signalById } from '@outpost/schemas/vehicle';
import { elapsedMs } from '@outpost/schemas/words';
import { carFacts, pollWords, signalRates, slowRows } from '../../obd/report.ts';
import { keptMark, powerFacts, powerText, powerWords } from '../../power/index.ts';
import type { DeviceStatus } from '../../session.ts';
import { protocolName } from './bus.ts';
import type { Phase, Reported } from './state.ts';
import { tuningWords } from './tune.ts';
import { commandName, type Turn } from './turn.ts';

/** A new phase is told at once, new words about the same phase no sooner than this after the last. */
const WORDS_EVERY_MS = 1_000;
/** While the words stay the same, the figures are told this often. */
const FIGURES_EVERY_MS = 10_000;

const absentWords = ({ facts, power, now }: Turn): string => {
  if (facts.foreignProtocol !== undefined) {
    return `The car speaks ${facts.foreignProtocol}, which this dongle's language does not let us read. The dongle's voltage is still read.`;
  }
  return power.drivenAt === undefined || power.mode !== 'awake'
    ? powerWords(power, now)
    : 'The dongle answers, but the car that was just driven does not; it is asked again.';
};

const phaseWords = (turn: Turn): string => {
  switch (turn.phase.kind) {
    case 'setup':
      return 'Setting the dongle up.';
    case 'connect':
      return 'Looking for the car on its bus; this takes up to 20 seconds.';
    case 'discover':
      return 'Asking the car what it can be asked.';
    case 'poll':
      return `${pollWords(turn, turn.phase, protocolName(turn.facts.protocol) ?? 'its bus')}${tuningWords(turn.facts.tuning)}`;
    case 'absent':
      return absentWords(turn);
  }
};

const PHASE_NAMES: Readonly<Record<Phase['kind'], string>> = {
  setup: 'probing',
  connect: 'searching',
  discover: 'discovering',
  poll: 'polling',
  absent: 'car-absent',
};

const troubleWords = ({ upsets, counts }: Turn): string =>
  upsets.strikes > 1 && counts.lastTrouble !== undefined
    ? ` The last ${upsets.strikes} replies made no sense: ${counts.lastTrouble}.`
    : '';

const factsOf = (turn: Turn, reported: Reported | undefined, ageMs: number): DeviceStatus['facts'] => {
  const { facts, upsets } = turn;
  const refused = Object.entries(facts.capabilities).filter(([, works]) => !works);
  const voltage = signalById(3);
  return {
    ...(facts.adapter === undefined ? {} : { adapter: facts.adapter }),
    ...(refused.length === 0 ? {} : { notUnderstood: refused.map(([text]) => commandName(text)).join(' ') }),
    ...(facts.protocol === undefined ? {} : { protocol: protocolName(facts.protocol) ?? facts.protocol }),
    ...(facts.millivolts === undefined || voltage === undefined ? {} : { volts: facts.millivolts / 1_000 }),
    ...(facts.rate === undefined ? {} : { baud: facts.rate.baud }),
    lineCount: facts.lineCount,
    resynchronised: upsets.syncs,
    resets: upsets.resets,
    ...powerFacts(turn.power, turn.now),
    ...carFacts(turn, reported?.requests ?? 0, ageMs),
    ...(turn.phase.kind === 'poll' ? { slowerThanWanted: slowRows(turn, turn.phase) } : {}),
  };
};

const featuresOf = ({ facts }: Turn): Readonly<Record<string, string>> => {
  const setup = Object.entries(facts.capabilities).map(([text, works]) => [
    commandName(text),
    works ? 'works' : 'refused',
  ]);
  const { adaptive, timeout } = facts.tuning;
  return {
    ...Object.fromEntries(setup),
    lineCount: facts.lineCount,
    ATAT2: adaptive,
    shorterATST: timeout,
    fasterLine: facts.raise,
  };
};

const reportOf = (turn: Turn): Pick<DeviceStatus, 'report'> => {
  if (turn.phase.kind !== 'poll') return {};
  const { packs } = turn.phase;
  const several = [...packs.values()].some(({ everWorked }) => everWorked)
    ? 'works'
    : [...packs.values()].some(({ restsUntil }) => restsUntil !== undefined)
      ? 'refused'
      : 'untried';
  const features = { ...featuresOf(turn), severalParameters: several };
  return { report: { features, rates: signalRates(turn, turn.phase) } };
};

/** What to tell, when there is something new to tell, and what was told last. */
export const statusOf = (
  turn: Turn,
  reported: Reported | undefined,
): { readonly status: DeviceStatus | undefined; readonly reported: Reported | undefined } => {
  const phase = PHASE_NAMES[turn.phase.kind];
  const ageMs = reported === undefined ? Number.POSITIVE_INFINITY : elapsedMs(reported.at, turn.now);
  if (reported?.phase === phase && elapsedMs(reported.lookedAt, turn.now) < WORDS_EVERY_MS) {
    return { status: undefined, reported };
  }
  const kept = keptMark(turn.power);
  const words = `${phaseWords(turn)}${troubleWords(turn)}`;
  if (reported?.phase === phase && reported.words === words && ageMs < FIGURES_EVERY_MS) {
    return { status: undefined, reported: { ...reported, lookedAt: turn.now } };
  }
  const facts = factsOf(turn, reported, ageMs);
  const told = { phase, words, at: turn.now, lookedAt: turn.now, requests: turn.counts.requests, kept };
  const keep = reported?.kept === kept ? {} : { keep: powerText(turn.power, turn.now) };
  return { status: { phase, words, facts, ...keep, ...reportOf(turn) }, reported: told };
};
