import { manualClock } from '@outpost/schemas/testing';
import { type DeviceName, fail, fault, ok } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { Journal, Offset } from '../journal/contract.ts';
import { readHappening } from '../record/entry.ts';
import { newDeviceView } from './device.ts';
import { SHOWN_MAX, tellHappenings } from './happenings.ts';

const config = { name: 'roof', adapter: 'gwmp', port: 'udp:1700', options: {} };

const bench = () => {
  const clock = manualClock();
  const kept: string[] = [];
  const lines: string[] = [];
  const disk = { full: false };
  const append: Journal['append'] = async (entries) => {
    if (disk.full) return fail(fault('refused', 'journal.full', 'journal', 'full.'));
    for (const { bytes } of entries) {
      const read = readHappening(bytes);
      if (read.ok) kept.push(`${read.value.device} ${read.value.what}: ${read.value.words}`);
    }
    return ok(0n as Offset);
  };
  const view = newDeviceView(config);
  const log = { line: (_: string, words: string) => void lines.push(words), fault: () => undefined };
  const happenings = tellHappenings({ device: 'roof' as DeviceName, clock, journal: { append }, log, view });
  return { clock, kept, lines, disk, view, ...happenings };
};

describe('what the owner of a device should hear of', () => {
  it('is said in the log, in the journal and in the status, in order', async () => {
    const { kept, lines, view, happened, told } = bench();
    happened({ what: 'stranger', words: 'somebody speaks.' });
    happened({ what: 'radio-deaf', words: 'nothing is heard.' });
    await told();
    expect(kept).toEqual(['roof stranger: somebody speaks.', 'roof radio-deaf: nothing is heard.']);
    expect(lines).toEqual(['roof: somebody speaks.', 'roof: nothing is heard.']);
    expect(view.happenings).toEqual([
      { at: '2023-11-14T22:13:20.000Z', what: 'stranger', words: 'somebody speaks.' },
      { at: '2023-11-14T22:13:20.000Z', what: 'radio-deaf', words: 'nothing is heard.' },
    ]);
  });

  it('is counted alone where there is too much of it, so that nobody fills the disk by it', async () => {
    const { clock, kept, view, happened, told } = bench();
    for (let i = 0; i < 1_000; i += 1) happened({ what: 'stranger', words: `stranger ${i}.` });
    await told();
    expect(kept.length).toBe(64);
    expect(view.happenings.length).toBe(SHOWN_MAX);
    expect([view.happened.get('stranger'), view.untold]).toEqual([1_000, 936]);
    await clock.advance(2_500);
    for (let i = 0; i < 10; i += 1) happened({ what: 'stranger', words: 'again.' });
    await told();
    expect(kept.length).toBe(66);
  });

  it('is not lost for the rest where one could not be kept', async () => {
    const { disk, kept, lines, happened, told } = bench();
    disk.full = true;
    happened({ what: 'a', words: 'a.' });
    await told();
    disk.full = false;
    happened({ what: 'b', words: 'b.' });
    await told();
    expect(kept).toEqual(['roof b: b.']);
    expect(lines.length).toBe(2);
  });
});
