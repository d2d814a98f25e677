import { elapsedMs } from '@outpost/schemas/words';
import { carFacts, pollWords } from '../../obd/report.ts';
import type { DeviceStatus } from '../../session.ts';
import { busName, kbpsOf, loadPercent } from './bus.ts';
import type { Phase, Reported } from './state.ts';
import type { Turn } from './turn.ts';

/** A new phase is told at once, new words about the same phase no sooner than this after the last. */
const WORDS_EVERY_MS = 1_000;
/** While the words stay the same, the figures are told this often. */
const FIGURES_EVERY_MS = 10_000;

const absentWords = ({ facts }: Turn): string => {
  const how =
    facts.listens === false
      ? 'It is looked for a few times a day; switch the ignition on to start.'
      : 'The bus is listened to without a word, and the car is asked when it wakes up and a few times a day.';
  return `The adapter answers, but no car does. ${how}`;
};

const phaseWords = (turn: Turn): string => {
  const { phase, facts } = turn;
  switch (phase.kind) {
    case 'setup':
      return 'Setting the adapter up.';
    case 'connect':
      return 'Looking for the bus: it is listened to before anything is said on it.';
    case 'discover':
      return 'Asking the car what it can be asked.';
    case 'poll':
      return pollWords(turn, phase, busName(facts.rate, facts.idBits));
    case 'absent':
      return absentWords(turn);
    case 'broadcast':
      return `Listening to ${busName(facts.rate, undefined)} without a word.`;
    case 'quiet':
      return 'Nothing is said on the bus at any bit rate; it is listened to again every 10 seconds.';
  }
};

const PHASE_NAMES: Readonly<Record<Phase['kind'], string>> = {
  setup: 'probing',
  connect: 'searching',
  discover: 'discovering',
  poll: 'polling',
  absent: 'car-absent',
  broadcast: 'listening',
  quiet: 'bus-quiet',
};

const troubleWords = ({ facts, counts }: Turn): string =>
  facts.strikes > 1 && counts.lastTrouble !== undefined
    ? ` The last ${facts.strikes} replies made no sense: ${counts.lastTrouble}.`
    : '';

const factsOf = (turn: Turn, reported: Reported | undefined, ageMs: number): DeviceStatus['facts'] => {
  const { serial, version, listens, rate, idBits, busState, traffic } = turn.facts;
  return {
    ...(serial === undefined ? {} : { serial }),
    ...(version === undefined ? {} : { version }),
    ...(listens === undefined ? {} : { listens }),
    ...(rate === undefined ? {} : { bitRateKbps: kbpsOf(rate) }),
    ...(idBits === undefined ? {} : { identifierBits: idBits }),
    ...(busState === undefined ? {} : { busState }),
    ...(traffic === undefined || rate === undefined ? {} : { busLoadPercent: loadPercent(traffic, rate) }),
    ...carFacts(turn, reported?.requests ?? 0, ageMs),
  };
};

/** What to tell, when there is something new to tell, and what was told last. */
export const statusOf = (
  turn: Turn,
  reported: Reported | undefined,
): { readonly status: DeviceStatus | undefined; readonly reported: Reported | undefined } => {
  const phase = PHASE_NAMES[turn.phase.kind];
  const ageMs = reported === undefined ? Number.POSITIVE_INFINITY : elapsedMs(reported.at, turn.now);
  if (reported?.phase === phase && ageMs < WORDS_EVERY_MS) return { status: undefined, reported };
  const words = `${phaseWords(turn)}${troubleWords(turn)}`;
  if (reported?.phase === phase && reported.words === words && ageMs < FIGURES_EVERY_MS) {
    return { status: undefined, reported };
  }
  const told = { phase, words, at: turn.now, requests: turn.counts.requests };
  return { status: { phase, words, facts: factsOf(turn, reported, ageMs) }, reported: told };
};
