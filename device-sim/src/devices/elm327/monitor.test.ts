import { describe, expect, it } from 'vitest';
import { dialogue, modelOf } from './testing.ts';

const linesOf = (text: string): readonly string[] => text.split('\r').filter((line) => line !== '');

const listen = (choice: Parameters<typeof modelOf>[0], ...before: readonly string[]) => {
  const talk = dialogue(modelOf(choice));
  for (const command of ['ATE0', 'ATH1', 'ATSP6', ...before]) talk.ask(command);
  talk.pass(3_000);
  talk.type('ATMA\r');
  return talk;
};

describe('listening to the bus', () => {
  it('shows what the car says by itself, until a byte comes', () => {
    const talk = listen({});
    const lines = linesOf(talk.pass(1_010));
    // Every 20 and every 50 ms; the third message has a long identifier.
    expect(lines.filter((line) => /^110( [0-9A-F]{2}){8} $/.test(line)).length).toBeGreaterThan(45);
    expect(lines.filter((line) => /^190( [0-9A-F]{2}){6} $/.test(line)).length).toBeGreaterThan(17);
    expect(lines.every((line) => /^(110|190) /.test(line))).toBe(true);
    talk.type(' ');
    expect(talk.pass(20)).toBe('STOPPED\r\r>');
    expect(talk.ask('ATI')).toContain('ELM327');
  });

  it('shows only what its filter lets through, and nothing of a car that sleeps', () => {
    const filtered = linesOf(listen({}, 'ATCRA190').pass(500));
    expect(filtered.length).toBeGreaterThan(7);
    expect(filtered.every((line) => line.startsWith('190 '))).toBe(true);
    const parked = dialogue(modelOf({ parked: true }));
    for (const command of ['ATE0', 'ATSP6']) parked.ask(command);
    parked.pass(600_000);
    parked.type('ATMA\r');
    expect(parked.pass(5_000)).toBe('');
  });

  it('ends with BUFFER FULL where the serial line is slower than the bus', () => {
    const choice = { profile: 'stn' } as const;
    const slow = listen(choice, 'STSBR9600').pass(5_000);
    expect(slow).toMatch(/(110|190)( [0-9A-F]{2})+ BUFFER FULL\r\r>$/);
    expect(listen(choice).pass(5_000)).not.toContain('BUFFER FULL');
    const scripted = listen({ faults: [{ atMs: 4_000, what: 'buffer-full' }] }).pass(5_000);
    expect(scripted).toContain('BUFFER FULL\r\r>');
  });
});
