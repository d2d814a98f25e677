import { manualClock } from '@outpost/schemas/testing';
import { asciiText, type DeviceName, type Fault, type Order, type OrderId } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AdapterContext, newTally, type Observed } from './adapter.ts';
import { EMPTY } from './intake.ts';
import { createOrderDesk } from './order-desk.ts';
import type { Peer } from './port.ts';
import { runSession } from './run-session.ts';
import type { Happening, Session } from './session.ts';
import { undecided } from './tally.ts';
import { letters, quiet, sorter } from './testing/letters.ts';
import { hungUp, memoryPort } from './testing/memory-port.ts';

const messages = { ...letters, framing: 'messages' as const };

interface State {
  readonly waiting: number;
  readonly open: readonly OrderId[];
}

/** As the sorter; an order is answered at once, with the next event, or never, as its value says. */
const ordered: Session<State, string, string> = {
  initial: { waiting: 0, open: [] },
  step: ({ waiting, open }, input, now) => {
    const step = sorter.step(waiting, input, now);
    const answers = input.kind === 'event' ? open : [];
    return {
      ...step,
      state: { waiting: step.state, open: input.kind === 'event' ? [] : open },
      outcomes: answers.map((id) => ({ id, kind: 'done', words: 'later.' })),
    };
  },
  order: ({ waiting, open }, order) => {
    const value = order.kind === 'output' ? order.value : 0;
    const { id } = order;
    if (value === 1) return quiet({ waiting, open: [...open, id] });
    return {
      ...quiet({ waiting, open }),
      commands: ['now'],
      outcomes: value === 0 ? [{ id, kind: 'done', words: 'at once.' }] : [],
    };
  },
};

const bench = () => {
  const clock = manualClock();
  const memory = memoryPort({ clock });
  const tally = newTally();
  const outcomes: string[] = [];
  const desk = createOrderDesk(({ id, kind }) => outcomes.push(`${id} ${kind}`));
  const gate = desk.connect(['output']);
  const happened: Happening[] = [];
  const context: AdapterContext = {
    device: 'toy' as DeviceName,
    clock,
    signal: new AbortController().signal,
    tally,
    report: () => undefined,
    orders: gate.orders,
    ordered: gate.ordered,
    happened: (happening) => happened.push(happening),
  };
  const settled: string[] = [];
  const say = (text: string, name = text): void =>
    memory.say(text, { settle: (outcome) => settled.push(`${name} ${outcome}`) });
  const give = (id: string, value: number): void =>
    desk.give({ id: id as OrderId, kind: 'output', output: 'd1', value } satisfies Order);
  return { clock, memory, tally, outcomes, gate, happened, context, settled, say, give };
};

type Bench = ReturnType<typeof bench>;

/** Takes all that is handed over and answers none of it. */
const read = <S>({ memory, context }: Bench, session: Session<S, string, string>) => {
  const observed: Observed[] = [];
  const ended = (async (): Promise<Fault> => {
    const dialogue = runSession({ codec: messages, session }, memory.port, context);
    for (;;) {
      const next = await dialogue.next();
      if (next.done === true) return next.value;
      observed.push(next.value);
    }
  })();
  return { observed, ended };
};

describe('a dialogue of messages', () => {
  it('hands over together what arrived together, and keeps nothing of one message for the next', async () => {
    const all = bench();
    const { observed } = read(all, sorter);
    for (const text of ['o1', 'o2 q3', 'o4']) all.say(text);
    await all.clock.advance(0);
    expect(observed.map(({ readings, quarantined }) => [readings.length, quarantined.length])).toEqual([
      [3, 1],
    ]);
    expect(observed[0]?.isAwaited).toBe(true);
    expect(all.tally.bytesDiscarded).toBe(0);
  });

  it('settles a message once what it said is kept, and at once where it said nothing', async () => {
    const all = bench();
    const { observed } = read(all, sorter);
    for (const text of ['o1', 'c2', 'o3 o4', '']) all.say(text);
    await all.clock.advance(0);
    expect(all.settled).toEqual(['c2 kept', ' kept']);
    expect([...all.tally.dropped]).toEqual([[EMPTY, 1]]);
    all.say('o5');
    await all.clock.advance(0);
    observed[0]?.kept();
    expect(all.settled.slice(2)).toEqual(['o1 kept', 'o3 o4 kept']);
    observed[1]?.refused(hungUp);
    expect(all.settled.slice(4)).toEqual(['o5 refused']);
  });

  it('refuses what nobody read or decided when the dialogue ends', async () => {
    const all = bench();
    const { ended } = read(all, {
      ...sorter,
      step: (state, input, now) =>
        input.kind === 'event' && input.event === 'c2'
          ? { ...sorter.step(state, input, now), reopen: hungUp }
          : sorter.step(state, input, now),
    });
    for (const text of ['u0', 'u1 c2 o3', 'o4', 'o5']) all.say(text);
    await ended;
    expect(all.settled.sort()).toEqual(['o4 refused', 'o5 refused', 'u0 kept', 'u1 c2 o3 refused']);
    expect(undecided(all.tally)).toBe(0);
  });

  it('says who sent a message, writes to whom the command says, and passes on what happened', async () => {
    const all = bench();
    const seen: (Peer | undefined)[] = [];
    const session: Session<number, string, string> = {
      initial: 0,
      step: (state, input) => {
        if (input.kind !== 'event') return quiet(state);
        seen.push(input.peer);
        const happenings = input.retained ? [{ what: 'stale', words: 'stored.' }] : [];
        return { ...quiet(state), fates: [{ kind: 'control' }], commands: [input.event], happenings };
      },
    };
    const to = (command: string): Peer => ({ address: '10.0.0.9', port: command.length });
    const dialogue = runSession({ codec: messages, session, to }, all.memory.port, all.context);
    const ended = dialogue.next();
    const peer = { address: '10.0.0.7', port: 40_000 };
    all.memory.say('abc', { peer, retained: true });
    await all.clock.advance(0);
    expect(seen).toEqual([peer]);
    expect(all.memory.writtenTo).toEqual([{ address: '10.0.0.9', port: 4 - 1 }]);
    expect(all.happened).toEqual([{ what: 'stale', words: 'stored.' }]);
    all.memory.hangUp();
    await ended;
  });

  it('gives orders to the session beside what arrives, and calls it a Bug where it takes none', async () => {
    const all = bench();
    const { observed } = read(all, ordered);
    all.give('a', 0);
    all.give('b', 1);
    all.give('c', 2);
    await all.clock.advance(0);
    expect(all.outcomes).toEqual(['a done']);
    expect(all.memory.written).toEqual(['now\n', 'now\n']);
    all.say('o1');
    await all.clock.advance(0);
    expect(all.outcomes).toEqual(['a done', 'b done']);
    expect(observed.length).toBe(1);
    all.gate.end();
    expect(all.outcomes).toEqual(['a done', 'b done', 'c refused']);

    const deaf = bench();
    const { ended } = read(deaf, sorter);
    const failing = expect(ended).rejects.toThrow(/without orders was given "output"/);
    deaf.give('a', 0);
    await failing;
  });
});

type Act =
  | { readonly kind: 'say'; readonly words: readonly string[] }
  | { readonly kind: 'order'; readonly value: number }
  | { readonly kind: 'pass' }
  | { readonly kind: 'answer'; readonly isKept: boolean };

const acts = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('say' as const),
        words: fc.array(fc.constantFrom('o', 'o', 'c', 'd', 'q', 'u', 'B'), { maxLength: 5 }),
      }),
    },
    fc.record({ kind: fc.constant('order' as const), value: fc.nat(2) }),
    fc.record({ kind: fc.constant('pass' as const) }),
    fc.record({ kind: fc.constant('answer' as const), isKept: fc.boolean() }),
  ),
  { maxLength: 60 },
);

/** Plays the acts, then ends the dialogue in one of two ways and answers what is still unanswered. */
const play = async (script: readonly Act[], leaves: boolean, answersLast: boolean) => {
  const all = bench();
  const { observed, ended } = read(all, ordered);
  const fateOf = new Map<string, boolean>();
  let answered = 0;
  const answer = (isKept: boolean): void => {
    const next = observed[answered];
    if (next === undefined) return;
    answered += 1;
    for (const { raw } of [...next.readings, ...next.quarantined]) fateOf.set(asciiText(raw), isKept);
    if (isKept) next.kept();
    else next.refused(hungUp);
  };
  const said = new Map<string, readonly string[]>();
  let orders = 0;
  for (const act of script) {
    if (act.kind === 'say') {
      const name = `m${said.size}`;
      const words = act.words.map((word, i) => `${word}${said.size}.${i}`);
      said.set(name, words);
      all.say(words.join(' '), name);
    } else if (act.kind === 'order') {
      all.give(`order${orders}`, act.value);
      orders += 1;
    } else if (act.kind === 'answer') answer(act.isKept);
    else await all.clock.advance(1);
  }
  if (!leaves) await all.clock.advance(1);
  all.memory.hangUp();
  await ended;
  all.gate.end();
  while (answered < observed.length) answer(answersLast);
  return { ...all, said, orders, fateOf };
};

describe('a dialogue of messages, for any of them and any way to end', () => {
  it('settles each message once, answers each order once, and conserves every item', async () => {
    await fc.assert(
      fc.asyncProperty(acts, fc.boolean(), fc.boolean(), async (script, leaves, answersLast) => {
        const { said, orders, settled, outcomes, tally, fateOf } = await play(script, leaves, answersLast);
        const outcomeOf = new Map(settled.map((each) => each.split(' ') as [string, string]));
        expect(settled.length).toBe(said.size);
        expect(outcomeOf.size).toBe(said.size);
        expect(new Set(outcomes.map((each) => each.split(' ')[0])).size).toBe(orders);
        expect(outcomes.length).toBe(orders);

        for (const [name, words] of said) {
          const matters = words.filter((word) => /^[oqB]/.test(word));
          const isRefused = outcomeOf.get(name) === 'refused';
          // Whatever was not kept is sent again, and what was kept is not, unless it had company that was not.
          if (!isRefused) expect(matters.filter((word) => fateOf.get(word) !== true)).toEqual([]);
          const isUndecided = words.some((word) => word.startsWith('u'));
          const hasLost = matters.some((word) => fateOf.get(word) !== true);
          if (isRefused) expect(hasLost || isUndecided).toBe(true);
        }
        let dropped = 0;
        for (const count of tally.dropped.values()) dropped += count;
        const items = [...said.values()].reduce((sum, words) => sum + Math.max(1, words.length), 0);
        expect(tally.items).toBe(items);
        expect(tally.items).toBe(tally.observed + tally.control + tally.quarantined + dropped);
        expect(undecided(tally)).toBe(0);
      }),
    );
  });
});
