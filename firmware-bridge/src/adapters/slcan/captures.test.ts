import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { asciiBytes, asciiText } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { createRig } from '../../testing/rig.ts';
import { slcanParts } from './index.ts';
import { redecode } from './redecode.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(`captures/${name}`, import.meta.url));

const rowsOf = (name: string): readonly Record<string, unknown>[] =>
  readFileSync(pathOf(name), 'utf8')
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row));

describe('a recording of a bus, read by its DBC file', () => {
  it('says what it said when it was recorded', async () => {
    const checked = await slcanParts.check({ dbc: pathOf('car.dbc'), dbcMap: pathOf('car.map.json') });
    if (!checked.ok) throw new Error(checked.fault.words);
    // The far end is the recording: what we send changes nothing, and arrives at the same times as it did then.
    const rig = createRig(slcanParts.codec, slcanParts.session(checked.value), () => []);
    let nowMs = 0;
    for (const { ms, text } of rowsOf('simulated-broadcast.jsonl')) {
      rig.run(Number(ms) - nowMs);
      nowMs = Number(ms);
      rig.receive(asciiBytes(String(text)));
    }
    const said = rig.said.map(({ origin, body, raw }) => ({ origin, body, raw: asciiText(raw) }));
    expect(said).toEqual(rowsOf('simulated-broadcast.said.jsonl'));
    expect(said.length).toBeGreaterThan(20);
    for (const { body, raw } of rig.said) expect(redecode(raw)).toContainEqual(body);
  });

  it('is not begun with files that are not there, or that do not belong together', async () => {
    const where = async (options: unknown): Promise<string> => {
      const checked = await slcanParts.check(options);
      return checked.ok ? '' : `${checked.fault.kind} ${checked.fault.words}`;
    };
    const dbc = pathOf('car.dbc');
    expect(await where({ dbc: '/nowhere.dbc', dbcMap: dbc })).toBe('misconfigured cannot be read (ENOENT).');
    expect(await where({ dbc, dbcMap: dbc })).toBe('misconfigured is no JSON.');
    expect(await where({ dbc: pathOf('car.map.json'), dbcMap: pathOf('car.map.json') })).toMatch(
      /^misconfigured /,
    );
  });
});
