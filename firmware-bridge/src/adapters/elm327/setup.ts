import { asciiText, fault } from '@outpost/schemas/words';
import { CONTROL, quarantined, say, settle } from '../../obd/turn.ts';
import { adapterTextBody, namesSimulator } from './adapter-text.ts';
import { lineText } from './event.ts';
import { synchronise } from './link.ts';
import type { Facts, Heard, Phase, Printed } from './state.ts';
import { NEW_TUNING, timeoutCommand } from './tune.ts';
import {
  AT_TIMEOUT_MS,
  askAdapter,
  commandName,
  STRIKES_OF_LINK,
  sensible,
  strike,
  type Turn,
} from './turn.ts';
import { NOT_AIMING } from './uds-aim.ts';
import { takeVoltage } from './voltage.ts';

type Setup = Extract<Phase, { kind: 'setup' }>;

interface SetupStep {
  readonly text: string;
  /** `name`: prints what the chip calls itself. `voltage`: prints a voltage. Else `OK`, or `?` where it is unknown. */
  readonly prints: 'ok' | 'name' | 'voltage';
  readonly timeoutMs: number;
  /** Without it no reply can be read safely. */
  readonly needed: boolean;
  /** Only asked of a chip that has shown this capability. */
  readonly after: string | undefined;
}

const step = (
  text: string,
  { prints = 'ok', timeoutMs = AT_TIMEOUT_MS, needed = false, after }: Partial<SetupStep> = {},
): SetupStep => ({ text, prints, timeoutMs, needed, after });

/** A reset takes up to a second; some cables never answer it (ddt4all pull request 1840). */
const RESET_TIMEOUT_MS = 5_000;

/**
 * What is said to the chip before the first request. Versions are not asked: clones lie about them (there never was a
 * v1.5), so each command is tried, and `OK` or `?` is what is known about the chip.
 */
export const setupSteps = (answerTimeoutMs: number): readonly SetupStep[] => {
  return [
    step('Z', { prints: 'name', timeoutMs: RESET_TIMEOUT_MS }),
    step('E0'),
    step('I', { prints: 'name' }),
    step('@1', { prints: 'name' }),
    step('STI', { prints: 'name' }),
    step('STDI', { prints: 'name', after: 'STI' }),
    step('L0'),
    step('S0'),
    step('H1', { needed: true }),
    step('D0'),
    step('CAF1'),
    step('AL'),
    step('AT1'),
    step(timeoutCommand(answerTimeoutMs)),
    step('STVR', { prints: 'voltage', after: 'STI' }),
    step('RV', { prints: 'voltage' }),
  ];
};

/** A reply that is neither yes nor no is asked for again this often. */
const STEP_TRIES_MAX = 3;

type Shown = 'yes' | 'no' | 'unclear';

const isText = ({ event }: Heard): boolean => event?.kind === 'text';

const isUnknown = ({ event }: Heard): boolean =>
  event?.kind === 'trouble' && event.trouble === 'unknown-command' && event.groups.length === 0;

const unclear = (text: string): ReturnType<typeof fault> =>
  fault('malformed', 'elm327.unclear', 'dongle', `the reply to ${text} is neither an answer nor a refusal`);

const isSimulated = ({ raw }: Heard): boolean => namesSimulator(asciiText(raw));

/** Keeps the names back: where the bytes come from is known only when the chip has said all of them. */
const takeNames = (turn: Turn, phase: Setup, current: SetupStep, reply: Printed): Taken => {
  const names = reply.lines.filter(isText);
  // Junk bytes may stand before the banner after a reset; they say nothing.
  const junk = reply.lines.filter((line) => !isText(line));
  settle(turn, junk, quarantined(unclear(commandName(current.text))));
  if (names.some(isSimulated)) turn.car = { ...turn.car, origin: 'simulated' };
  if (current.text !== 'Z') return { shown: shownBy(names), names: [...phase.names, ...names] };
  settle(turn, names, () => CONTROL);
  return { shown: shownBy(names), names: phase.names };
};

const shownBy = (names: readonly Heard[]): Shown => (names.length > 0 ? 'yes' : 'unclear');

/** What the chip calls itself becomes readings, once it is known whether it is a simulator. */
const sayNames = (turn: Turn, names: readonly Heard[]): void => {
  for (const name of names) {
    const text = lineText(name.raw);
    turn.facts = { ...turn.facts, adapter: turn.facts.adapter ?? text };
    say(turn, [name], [adapterTextBody(text)]);
  }
};

interface Taken {
  readonly shown: Shown;
  readonly names: readonly Heard[];
}

const takeShown = (turn: Turn, phase: Setup, current: SetupStep, reply: Printed): Taken => {
  const { names } = phase;
  if (reply.lines.length === 1 && reply.lines.some(isUnknown)) {
    settle(turn, reply.lines, () => CONTROL);
    return { shown: 'no', names };
  }
  if (current.prints === 'name') return takeNames(turn, phase, current, reply);
  return { shown: takeYesOrUnclear(turn, current, reply), names };
};

const takeYesOrUnclear = (turn: Turn, { text, prints }: SetupStep, { lines }: Printed): Shown => {
  if (prints === 'voltage') return takeVoltage(turn, lines) === undefined ? 'unclear' : 'yes';
  const agreed = lines.length === 1 && lines[0]?.event?.kind === 'ok';
  settle(turn, lines, agreed ? () => CONTROL : quarantined(unclear(commandName(text))));
  return agreed ? 'yes' : 'unclear';
};

const unusable = (turn: Turn, text: string): void => {
  const words = `it refuses AT${text}, without which replies cannot be told apart; another dongle is needed.`;
  turn.reopen = fault('refused', 'elm327.unusable', 'dongle', words);
};

/** From the first command on, as after a reset. */
export const startSetup = (turn: Turn): void => {
  if (turn.phase.kind === 'setup')
    settle(turn, turn.phase.names, () => ({ kind: 'dropped', reason: 'device-reset' }));
  turn.phase = newSetup();
  // The car is the same, as far as anybody knows: it is not searched and asked for its lists all over again.
  const { probes, protocol, name, rate, raise } = turn.facts;
  turn.car = { ...turn.car, origin: 'live' };
  turn.facts = { ...NEW_FACTS, probes, protocol, name, rate, raise };
};

export const newSetup = (): Setup => ({
  kind: 'setup',
  step: 0,
  tries: 0,
  names: [],
  name: undefined,
  unclear: 0,
});

export const NEW_FACTS: Facts = {
  adapter: undefined,
  name: undefined,
  capabilities: {},
  protocol: undefined,
  foreignProtocol: undefined,
  millivolts: undefined,
  lineCount: 'untried',
  tuning: NEW_TUNING,
  rate: undefined,
  raise: 'untried',
  aiming: NOT_AIMING,
  probes: 0,
};

/** The chip’s name as it answers to `ATI`, for comparing: one line of text. */
const nameIn = (current: SetupStep, { lines }: Printed): string | undefined => {
  const texts =
    current.text === 'I' ? lines.flatMap(({ event }) => (event?.kind === 'text' ? [event.text] : [])) : [];
  return texts.length === 1 ? texts[0] : undefined;
};

/** The step from `from` on that this chip is to be asked. */
const nextStep = (steps: readonly SetupStep[], from: number, known: Facts['capabilities']): number => {
  const next = steps.findIndex(
    ({ after }, index) => index >= from && (after === undefined || known[after] === true),
  );
  return next === -1 ? steps.length : next;
};

/** Takes the reply to one step of the setup and moves on to the next. */
export const setupReply = (turn: Turn, phase: Setup, printed: Printed): void => {
  const steps = setupSteps(turn.options.answerTimeoutMs);
  const current = steps[phase.step];
  if (current === undefined) return;
  const { shown, names } = printed.silent
    ? { shown: 'unclear' as const, names: phase.names }
    : takeShown(turn, phase, current, printed);
  const isUnclear = shown === 'unclear';
  if (isUnclear) strike(turn, unclear(commandName(current.text)));
  else sensible(turn);
  if (isUnclear && turn.upsets.strikes >= STRIKES_OF_LINK) synchronise(turn, undefined);
  if (isUnclear && phase.tries + 1 < STEP_TRIES_MAX && current.text !== 'Z') {
    turn.phase = { ...phase, names, tries: phase.tries + 1 };
    return;
  }
  if (shown === 'no' && current.needed) unusable(turn, current.text);
  const capabilities = { ...turn.facts.capabilities, [current.text]: shown === 'yes' };
  turn.facts = { ...turn.facts, capabilities };
  const next = nextStep(steps, phase.step + 1, capabilities);
  const namesKnown = current.prints === 'name' && steps[next]?.prints !== 'name';
  if (namesKnown) sayNames(turn, names);
  turn.phase = {
    kind: 'setup',
    step: next,
    tries: 0,
    names: namesKnown ? [] : names,
    name: nameIn(current, printed) ?? phase.name,
    unclear: phase.unclear + (isUnclear && current.text !== 'Z' ? 1 : 0),
  };
};

/** Some clones answer one or two commands in a way of their own; more is a line that garbles what it carries. */
const UNCLEAR_MAX = 2;

/** Asks the next step. False where the setup is complete. */
export const setupNext = (turn: Turn, phase: Setup): boolean => {
  const current = setupSteps(turn.options.answerTimeoutMs)[phase.step];
  if (current !== undefined) {
    askAdapter(turn, current.text, current.timeoutMs);
    return true;
  }
  const headers = turn.facts.capabilities['H1'] === true;
  if (headers && phase.unclear <= UNCLEAR_MAX) {
    turn.facts = { ...turn.facts, name: phase.unclear === 0 ? phase.name : turn.facts.name };
    return false;
  }
  startSetup(turn);
  return setupNext(turn, newSetup());
};
