import { elapsedMs, fault, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import { type Introduction, isKnown, learn, problemsWith, UNKNOWN_BOARD } from './board.ts';
import { identityBody } from './meaning.ts';
import { setUp } from './set-up.ts';
import { change, control, count, drop, type Turn } from './state.ts';
import { idleChips } from './state-chip.ts';

/** An Uno answers about two seconds after its line was opened, because that resets it. */
const ASK_EVERY_MS = 1_000;
/** A board that says nothing for so long speaks no Firmata. */
const ASKS_MAX = 12;

/** Of StandardFirmata, and of those that some build for faster lines; each is tried for so many questions. */
const BAUDS = [57_600, 115_200] as const;
const ASKS_PER_BAUD = 4;

const PROTOCOL = 2;

const nobody = (where: string) =>
  fault(
    'unreachable',
    'firmata.silent',
    where,
    'no Firmata answers; is StandardFirmata on the board, and is the rate right (baud=57600)?',
  );

/** Asks for what is missing of the board. */
export const ask = (turn: Turn): void => {
  const { phase, asks } = turn.state;
  if (phase === 'ready') return;
  if (asks >= ASKS_MAX) {
    turn.reopen = nobody('board');
    return;
  }
  if (phase === 'version') {
    if (turn.state.findsBaud && asks % ASKS_PER_BAUD === 0)
      turn.baud = BAUDS[(asks / ASKS_PER_BAUD) % BAUDS.length];
    turn.commands.push({ kind: 'query-version' });
  }
  if (phase === 'board') {
    turn.commands.push(
      { kind: 'query-firmware' },
      { kind: 'query-capabilities' },
      { kind: 'query-analog-mapping' },
    );
  }
  change(turn, { askedAt: turn.now, asks: asks + 1 });
};

export const askAgainAt = (turn: Turn): MonoNs | undefined => {
  const { phase, askedAt } = turn.state;
  return phase === 'ready' || askedAt === undefined ? undefined : monoAfterMs(askedAt, ASK_EVERY_MS);
};

/** What was known of the board and of what hangs on it is void; it is asked anew. */
export const beginAnew = (turn: Turn): void => {
  change(turn, {
    phase: 'board',
    board: UNKNOWN_BOARD,
    asks: 0,
    askedAt: undefined,
    levels: new Map(),
    askedPorts: new Set(),
    digitalAt: undefined,
    chips: idleChips(turn.options.climate.length),
    values: turn.state.values.size === 0 ? turn.state.values : new Map(),
    beat: undefined,
  });
};

/** Orders that the board was given before it began anew: it holds none of them any more. */
export const forgetOrders = (turn: Turn): void => {
  for (const { id, output } of turn.state.pending) {
    const words = `the board began anew while it was told; ${output} is at its safe value now.`;
    turn.outcomes.push({ id, kind: 'refused', code: 'restarted', words });
  }
  change(turn, { pending: [] });
};

const takeVersion = (turn: Turn, major: number, minor: number): void => {
  control(turn);
  if (major !== PROTOCOL) {
    const words = `the board speaks Firmata ${major}.${minor}; this gateway speaks ${PROTOCOL}.x.`;
    turn.reopen = fault('unreachable', 'firmata.version', 'board', words);
    return;
  }
  // Answers come in the order of the questions: once all else is known, no answer to a question is still to come.
  const { phase } = turn.state;
  if (phase === 'board') return;
  if (phase === 'ready') {
    count(turn, 'restarts');
    const words =
      'the board began anew by itself; every output is at its safe value. Is its supply strong enough?';
    turn.happenings.push({ what: 'board-restarted', words });
    forgetOrders(turn);
  }
  beginAnew(turn);
  ask(turn);
};

const becomeReady = (turn: Turn): void => {
  const { restarting } = turn.state;
  change(turn, {
    phase: 'ready',
    restarting: undefined,
    problems: problemsWith(turn.state.board, turn.options),
  });
  setUp(turn);
  if (restarting !== undefined) {
    const words = 'the board was reset; every output is at its safe value.';
    turn.outcomes.push({ id: restarting, kind: 'done', words });
  }
};

/** The board says what it is. */
export const takeIntroduction = (turn: Turn, message: Introduction, raw: Uint8Array): void => {
  if (message.kind === 'version') {
    takeVersion(turn, message.major, message.minor);
    change(turn, { board: learn(turn.state.board, message, raw) });
    return;
  }
  const { phase, identitySaid, origin } = turn.state;
  if (phase === 'version') {
    drop(turn, 'before-the-version');
    return;
  }
  const board = learn(turn.state.board, message, raw);
  change(turn, { board });
  if (message.kind === 'firmware' && !identitySaid) {
    turn.said.push({ body: identityBody(board.firmware ?? ''), raw, origin });
    turn.fates.push({ kind: 'observed' });
    change(turn, { identitySaid: true });
  } else control(turn);
  if (phase === 'board' && isKnown(board)) becomeReady(turn);
};

/** A board with nothing to say is asked for the state of a pin. */
const QUIET_MS = 5_000;
/** So long it has for the answer. */
const ANSWER_MS = 3_000;

export const watchAt = ({ state }: Turn): MonoNs | undefined => {
  const { phase, pingedAt, heardAt } = state;
  if (phase !== 'ready' || heardAt === undefined) return undefined;
  return pingedAt === undefined ? monoAfterMs(heardAt, QUIET_MS) : monoAfterMs(pingedAt, ANSWER_MS);
};

export const watch = (turn: Turn): void => {
  const { pingedAt, heardAt, board } = turn.state;
  if (heardAt === undefined) return;
  if (pingedAt === undefined) {
    const pin = board.pins?.findIndex((modes) => modes.length > 0) ?? -1;
    turn.commands.push({ kind: 'query-pin-state', pin: Math.max(0, pin) });
    change(turn, { pingedAt: turn.now });
    return;
  }
  const seconds = Math.round(elapsedMs(heardAt, turn.now) / 1_000);
  const words = `the board has said nothing for ${seconds} s; the line is opened anew.`;
  turn.reopen = fault('unreachable', 'firmata.silent', 'board', words);
};
