import { readdirSync, readFileSync } from 'node:fs';
import { asciiText, fromHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { createRig } from '../../testing/rig.ts';
import { elm327Parts } from './index.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import { redecode } from './redecode.ts';

const directory = new URL('captures/', import.meta.url);

const rowsOf = (name: string): readonly Record<string, unknown>[] =>
  readFileSync(new URL(name, directory), 'utf8')
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row));

const NAMES = readdirSync(directory)
  .filter((name) => name.endsWith('.said.jsonl'))
  .map((name) => name.replace('.said.jsonl', ''));

describe('captures', () => {
  it.each(NAMES)('%s says what it said when it was recorded, each at its time', (name) => {
    // The far end is the recording: what we send changes nothing, and arrives at the same times as it did then.
    const rig = createRig(elm327Parts.codec, elm327Parts.session(DEFAULT_OPTIONS), () => []);
    let nowMs = 0;
    for (const { ms, hex } of rowsOf(`${name}.jsonl`)) {
      rig.run(Number(ms) - nowMs);
      nowMs = Number(ms);
      rig.receive(fromHex(String(hex)) ?? new Uint8Array(0));
    }
    const said = rig.said.map(({ origin, body, raw }) => ({ origin, body, raw: asciiText(raw) }));
    expect(said).toEqual(
      rowsOf(`${name}.said.jsonl`).map(({ origin, body, raw }) => ({ origin, body, raw })),
    );
    expect(rig.fates.filter(({ kind }) => kind === 'quarantined')).toEqual([]);
    expect(rig.statuses.at(-1)?.phase).toBe('polling');
    for (const { body, raw } of rig.said) expect(redecode(raw)).toContainEqual(body);
  });

  it('are there', () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(2);
  });
});
