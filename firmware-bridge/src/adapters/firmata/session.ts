import { elapsedMs, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { DeviceStatus, Input, Session, Step } from '../../session.ts';
import { climateAt, climateTurn, takeBusError, takeReply } from './climate.ts';
import { ask, askAgainAt, takeIntroduction, watch, watchAt } from './handshake.ts';
import { takeAnalog, takeDigital } from './inputs.ts';
import type { BoardMessage } from './message.ts';
import type { FirmataOptions } from './options.ts';
import { beat, giveUpOverdue, overdueAt, takeOrder, takePinState } from './outputs.ts';
import { askLevels } from './set-up.ts';
import { SIMULATED_TEXT } from './simulated.ts';
import {
  type Command,
  change,
  control,
  count,
  drop,
  initialState,
  newTurn,
  type State,
  type Turn,
} from './state.ts';

/** Counts are told no more often than this. */
const REPORT_EVERY_MS = 60_000;

const takeText = (turn: Turn, text: string): void => {
  control(turn);
  if (text === SIMULATED_TEXT) change(turn, { origin: 'simulated' });
  if (text.startsWith('I2C')) takeBusError(turn);
};

const takeMessage = (turn: Turn, message: BoardMessage, raw: Uint8Array): void => {
  change(turn, { heardAt: turn.now, pingedAt: undefined });
  switch (message.kind) {
    case 'version':
    case 'firmware':
    case 'capabilities':
    case 'analog-mapping':
      takeIntroduction(turn, message, raw);
      return;
    case 'analog':
      takeAnalog(turn, message, raw);
      return;
    case 'digital':
      takeDigital(turn, message, raw);
      return;
    case 'i2c-reply':
      takeReply(turn, message, raw);
      return;
    case 'pin-state':
      takePinState(turn, message);
      return;
    case 'text':
      takeText(turn, message.text);
      return;
    case 'other':
      drop(turn, 'unknown-message');
      return;
  }
};

const takeInput = (turn: Turn, input: Input<BoardMessage>): void => {
  switch (input.kind) {
    case 'opened':
      change(turn, { findsBaud: input.rate?.auto === true });
      ask(turn);
      return;
    case 'event':
      takeMessage(turn, input.event, input.raw);
      return;
    case 'malformed':
      turn.fates.push({ kind: 'quarantined', fault: input.fault, raw: input.raw });
      return;
    case 'silence':
      return;
  }
};

const levelsAt = ({ state, options }: Turn): MonoNs | undefined =>
  state.phase === 'ready' && state.digitalAt !== undefined
    ? monoAfterMs(state.digitalAt, options.digitalEveryMs)
    : undefined;

/** What is due by time alone. Each puts its own moment off when it acts. */
const TIMED: readonly (readonly [at: (turn: Turn) => MonoNs | undefined, act: (turn: Turn) => void])[] = [
  [askAgainAt, ask],
  [watchAt, watch],
  [levelsAt, askLevels],
  [overdueAt, giveUpOverdue],
  [climateAt, climateTurn],
];

/** At one moment the bus may go on, once for the end of a pause and once for the chip that is next. */
const PASSES_MAX = 3;

const actInTime = (turn: Turn): void => {
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    for (const [at, act] of TIMED) {
      const due = at(turn);
      if (due !== undefined && due <= turn.now && turn.reopen === undefined) act(turn);
    }
  }
};

/** At least a millisecond, so that a moment that has just passed is no endless loop. */
const silenceOf = (turn: Turn): number | undefined => {
  const due = TIMED.flatMap(([at]) => at(turn) ?? []);
  const [first] = due.sort((a, b) => Number(a - b));
  return first === undefined ? undefined : Math.max(1, elapsedMs(turn.now, first));
};

const troublesOf = ({ state }: Turn): readonly string[] => [
  ...[...state.problems].map(([what, words]) => `${what}: ${words}`),
  ...state.chips.flatMap(({ trouble }) => trouble ?? []),
];

const statusOf = (turn: Turn): DeviceStatus => {
  const { phase, board, counts, values, origin } = turn.state;
  const isReady = phase === 'ready';
  const words = isReady ? `${board.firmware ?? 'the board'} is ready.` : 'the board is asked what it is.';
  return {
    phase: isReady ? 'ready' : 'asking',
    words: [words, ...troublesOf(turn)].join(' '),
    facts: {
      ...counts,
      ...(board.firmware === undefined ? {} : { firmware: board.firmware }),
      ...(origin === 'simulated' ? { simulated: true } : {}),
      ...Object.fromEntries([...values].map(([name, value]) => [`output.${name}`, value])),
    },
  };
};

const isNews = (before: State, turn: Turn): boolean => {
  const { state, now } = turn;
  return (
    before.reportedAt === undefined ||
    (before.phase === 'ready') !== (state.phase === 'ready') ||
    before.problems !== state.problems ||
    before.values !== state.values ||
    before.chips.some(({ trouble }, index) => trouble !== state.chips[index]?.trouble) ||
    (before.counts !== state.counts && elapsedMs(before.reportedAt, now) >= REPORT_EVERY_MS)
  );
};

const finish = (before: State, turn: Turn): Step<State, Command> => {
  actInTime(turn);
  if (turn.said.length > 0) count(turn, 'readings', turn.said.length);
  const whenKept = beat(turn);
  const news = isNews(before, turn);
  if (news) change(turn, { reportedAt: turn.now });
  const { state, commands, said, fates, outcomes, happenings, baud, reopen } = turn;
  return {
    state,
    commands,
    said,
    fates,
    whenKept,
    silenceAfterMs: silenceOf(turn),
    outcomes,
    happenings,
    ...(news ? { status: statusOf(turn) } : {}),
    ...(baud === undefined ? {} : { baud }),
    ...(reopen === undefined ? {} : { reopen }),
  };
};

/** Asks a board what it is, sets it up as configured, reads it, and drives only what is configured as an output. */
export const firmataSession = (options: FirmataOptions): Session<State, Command, BoardMessage> => ({
  initial: initialState(options),
  step: (before, input, now) => {
    const turn = newTurn(before, options, now);
    takeInput(turn, input);
    return finish(before, turn);
  },
  order: (before, order, now) => {
    const turn = newTurn(before, options, now);
    takeOrder(turn, order);
    return finish(before, turn);
  },
});
