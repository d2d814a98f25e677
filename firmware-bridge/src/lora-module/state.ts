import { type DutyLedger, EMPTY_LEDGER, type Emission } from '@outpost/schemas/radio';
import type { Fault, MonoNs, Order, OrderOutcome } from '@outpost/schemas/words';
import { monoAfterMs } from '@outpost/schemas/words';
import type { LineRate } from '../port.ts';
import type { DeviceStatus, Fate, Happening, Said } from '../session.ts';
import type { Ask, Family } from './family.ts';
import type { RadioSettings } from './settings.ts';

/** What a list of asks is for. */
export type Purpose = 'set-up' | 'arm' | 'piece' | 'send';

/** Asks under way; the first is the one that is asked now. */
export interface Plan<Command> {
  readonly purpose: Purpose;
  readonly asks: readonly Ask<Command>[];
  /** Which spelling of the first; −1 is its query. */
  readonly stage: number;
  /** How often that was said without an answer, or put off. */
  readonly tries: number;
  /** How often receiving was stopped for it. */
  readonly stops: number;
}

/**
 * `answer`: something was asked. `settle`: the answer is there and the module needs a moment. `pause`: nothing is
 * expected, so that what comes late is not taken for the next answer.
 */
export interface Waiting<Command> {
  readonly kind: 'answer' | 'settle' | 'pause';
  readonly command: Command | undefined;
  readonly until: MonoNs;
  /** What a query found so far. */
  readonly holds?: boolean;
}

export interface Piece<Event> {
  readonly event: Event;
  readonly raw: Uint8Array;
}

/** A frame on its way out. */
export interface Outgoing {
  readonly order: Order;
  readonly item: number;
  readonly phy: Uint8Array;
  /** Its place in the ledger. */
  readonly emission: Emission;
}

export type Phase = 'setting-up' | 'listening' | 'wrong-rate';

export interface State<Command, Event> {
  readonly phase: Phase;
  readonly rate: LineRate | undefined;
  /** Which of the family's rates is tried, where the line's rate is to be found out. */
  readonly rateAt: number;
  readonly plan: Plan<Command> | undefined;
  readonly waiting: Waiting<Command> | undefined;
  /** Its radio is set to what the configuration says, as far as it said so. */
  readonly isSet: boolean;
  readonly receiving: boolean;
  readonly needsSetUp: boolean;
  /** It was reset since it last answered. */
  readonly wasReset: boolean;
  readonly pieces: readonly Piece<Event>[];
  readonly piecesUntil: MonoNs | undefined;
  readonly pieceAsk: Ask<Command> | undefined;
  readonly checkAt: MonoNs | undefined;
  /** Items without sense since the last one with some. */
  readonly senseless: number;
  readonly simulated: boolean;
  /** What it said of itself, so that it is not said again. */
  readonly told: readonly string[];
  readonly orders: readonly Order[];
  readonly outgoing: Outgoing | undefined;
  readonly restartOrder: Order | undefined;
  readonly ledger: DutyLedger;
}

/** Orders that wait for the module; one more is refused. */
export const ORDERS_WAITING_MAX = 8;
/** Different things that a module says of itself and that are said once; what comes after these is said each time. */
export const TOLD_MAX = 16;
/** Pieces of one reception. */
export const PIECES_MAX = 8;

export const newState = <Command, Event>(): State<Command, Event> => ({
  phase: 'setting-up',
  rate: undefined,
  rateAt: 0,
  plan: undefined,
  waiting: undefined,
  isSet: false,
  receiving: false,
  needsSetUp: true,
  wasReset: false,
  pieces: [],
  piecesUntil: undefined,
  pieceAsk: undefined,
  checkAt: undefined,
  senseless: 0,
  simulated: false,
  told: [],
  orders: [],
  outgoing: undefined,
  restartOrder: undefined,
  ledger: EMPTY_LEDGER,
});

/** One step under way. */
export interface Turn<Command, Event> {
  readonly now: MonoNs;
  readonly family: Family<Command, Event>;
  readonly settings: RadioSettings | undefined;
  state: State<Command, Event>;
  readonly commands: Command[];
  readonly said: Said[];
  readonly fates: Fate[];
  readonly outcomes: OrderOutcome[];
  readonly happenings: Happening[];
  status: DeviceStatus | undefined;
  reopen: Fault | undefined;
  baud: number | undefined;
}

export const change = <C, E>(turn: Turn<C, E>, changed: Partial<State<C, E>>): void => {
  turn.state = { ...turn.state, ...changed };
};

export const after = <C, E>(turn: Turn<C, E>, ms: number): MonoNs => monoAfterMs(turn.now, ms);

const WORDS: Readonly<Record<Phase, string>> = {
  'setting-up': 'telling the module what to listen to.',
  listening: 'listening.',
  'wrong-rate': 'what comes is no text of such a module; is the rate of the line right?',
};

const listeningTo = ({ settings }: Pick<Turn<never, never>, 'settings'>): string => {
  if (settings === undefined) return WORDS.listening;
  const { frequencyHz, spreadingFactor, bandwidthHz } = settings;
  return `listening at ${frequencyHz / 1e6} MHz, SF${spreadingFactor}, ${bandwidthHz / 1e3} kHz.`;
};

/** Tells the owner; `keep` is what the next connection gets. */
export const report = <C, E>(turn: Turn<C, E>, phase: Phase, keep?: string): void => {
  const words = phase === 'listening' ? listeningTo(turn) : WORDS[phase];
  const kept = keep ?? turn.status?.keep;
  turn.status = { phase, words, facts: {}, ...(kept === undefined ? {} : { keep: kept }) };
  change(turn, { phase });
};
