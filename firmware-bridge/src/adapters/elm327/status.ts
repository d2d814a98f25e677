import { signalById } from '@outpost/schemas/vehicle';
import { elapsedMs } from '@outpost/schemas/words';
import type { DeviceStatus } from '../../session.ts';
import { PROTOCOL_NAMES } from './adapter-text.ts';
import { notOffered } from './schedule.ts';
import type { Phase, Reported } from './state.ts';
import type { Turn } from './turn.ts';

/** A new phase is told at once, new words about the same phase no sooner than this after the last. */
const WORDS_EVERY_MS = 1_000;
/** While the words stay the same, the figures are told this often. */
const FIGURES_EVERY_MS = 10_000;

const pollWords = (turn: Turn, { rows }: Extract<Phase, { kind: 'poll' }>): string => {
  const { facts, options } = turn;
  if (facts.vinChanging) {
    const vins = [...new Set([...facts.vins.values()].map(({ vin }) => vin))].join(', ');
    const effect = options.refuseChangingVin
      ? 'its readings are refused until three answers in a row agree'
      : 'its readings are taken all the same, as configured';
    return `The vehicle gives a different identification number from one time to the next (now ${vins}): ${effect}. Is this a simulator, or a tampered dongle?`;
  }
  const missing = notOffered(options, facts.ecus);
  const lacks =
    missing.length === 0 ? '' : ` The car does not offer PID ${missing.join(', ')} of the poll list.`;
  const asked = rows.filter(({ retired, request }) => !retired && request?.[0] === 0x01).length;
  const bus = PROTOCOL_NAMES.get(facts.protocol ?? '') ?? 'its bus';
  const units = facts.ecus.length === 1 ? 'one control unit' : `${facts.ecus.length} control units`;
  return `Reading ${asked} parameters of ${units} over ${bus}.${lacks}`;
};

const absentWords = ({ facts }: Turn): string => {
  if (facts.foreignProtocol !== undefined) {
    return `The car speaks ${facts.foreignProtocol}, which is not read here: only CAN (ISO 15765-4) is. The dongle's voltage is still read.`;
  }
  const probing =
    'It is looked for when the voltage changes and a few times a day; switch the ignition on to start.';
  return `The dongle answers, but no car does. ${probing}`;
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
      return pollWords(turn, turn.phase);
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

const troubleWords = ({ counts }: Turn): string =>
  counts.strikes > 1 && counts.lastTrouble !== undefined
    ? ` The last ${counts.strikes} replies made no sense: ${counts.lastTrouble}.`
    : '';

const factsOf = (turn: Turn): DeviceStatus['facts'] => {
  const { facts, counts } = turn;
  const refused = Object.entries(facts.capabilities).filter(([, works]) => !works);
  const vins = [...new Set([...facts.vins.values()].map(({ vin }) => vin))];
  const voltage = signalById(3);
  return {
    origin: facts.origin,
    ...(facts.adapter === undefined ? {} : { adapter: facts.adapter }),
    ...(refused.length === 0 ? {} : { notUnderstood: refused.map(([text]) => `AT${text}`).join(' ') }),
    ...(facts.protocol === undefined
      ? {}
      : { protocol: PROTOCOL_NAMES.get(facts.protocol) ?? facts.protocol }),
    ...(facts.ecus.length === 0
      ? {}
      : { controlUnits: facts.ecus.map(({ address }) => address.toString(16).toUpperCase()).join(' ') }),
    ...(vins.length === 0 ? {} : { vin: vins.join(' ') }),
    ...(facts.millivolts === undefined || voltage === undefined ? {} : { volts: facts.millivolts / 1_000 }),
    lineCount: facts.lineCount,
    requests: counts.requests,
    answered: counts.answered,
    unanswered: counts.unanswered,
    negative: counts.negative,
    damaged: counts.damaged,
    untrusted: counts.untrusted,
    busErrors: counts.busErrors,
    resynchronised: counts.syncs,
    resets: counts.resets,
    ...(counts.lastTrouble === undefined ? {} : { lastTrouble: counts.lastTrouble }),
  };
};

/** Requests to the car in a second, since the last status. */
const rateOf = ({ counts }: Turn, reported: Reported | undefined, ageMs: number): number =>
  Math.round(((counts.requests - (reported?.requests ?? 0)) / ageMs) * 10_000) / 10;

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
  const facts = { ...factsOf(turn), requestsPerSecond: ageMs > 0 ? rateOf(turn, reported, ageMs) : 0 };
  const told = { phase, words, at: turn.now, requests: turn.counts.requests };
  return { status: { phase, words, facts }, reported: told };
};
