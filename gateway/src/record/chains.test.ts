import { type DeviceName, wallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { Entry, Kept, Offset } from '../journal/contract.ts';
import { rememberedOf } from '../run/device.ts';
import { applyEntry, decodeChains, encodeChains, newChains } from './chains.ts';
import { keptTextEntry } from './entry.ts';
import type { Run } from './stream-writer.ts';

const T0 = 1_800_000_000_000_000_000n;

const kept = (entry: Entry, at: number): Kept => ({
  ...entry,
  offset: BigInt(at) as Offset,
  next: BigInt(at + 1) as Offset,
});

const runAt = (afterMs: number, trust: 'ntp' | 'none'): Run =>
  ({
    clock: { wall: () => wallNs(T0 + BigInt(afterMs) * 1_000_000n) },
    trust: () => trust,
  }) as Partial<Run> as Run;

describe('what a device wants kept', () => {
  it('is the last text of each device, and stands in the header of every segment', () => {
    const chains = newChains(0n as Offset);
    const texts = [
      { device: 'car', text: 'old', wall: wallNs(T0) },
      { device: 'van', text: 'other', wall: wallNs(T0) },
      { device: 'car', text: 'new', wall: wallNs(T0) },
    ];
    for (const [at, text] of texts.entries()) applyEntry(chains, kept(keptTextEntry(text), at));
    const read = decodeChains(encodeChains(chains));
    expect([...(read?.kept.values() ?? [])].map(({ text }) => text)).toEqual(['other', 'new']);
    const car = 'car' as DeviceName;
    expect(rememberedOf({ chains: read ?? chains, run: runAt(5_000, 'ntp') }, car)).toEqual({
      text: 'new',
      agedMs: 5_000,
    });
    // How long ago that was is not known where no clock can be believed, or it went back.
    expect(rememberedOf({ chains, run: runAt(5_000, 'none') }, car)?.agedMs).toBe(0);
    expect(rememberedOf({ chains, run: runAt(-5_000, 'ntp') }, car)?.agedMs).toBe(0);
    expect(rememberedOf({ chains, run: runAt(0, 'ntp') }, 'boat' as DeviceName)).toBe(undefined);
  });

  it('is little: long texts are not kept, and where all are too many the ones that were said first are forgotten', () => {
    const chains = newChains(0n as Offset);
    const keep = (device: string, letters: number, at: number): void =>
      applyEntry(chains, kept(keptTextEntry({ device, text: 'x'.repeat(letters), wall: wallNs(T0) }), at));
    for (let at = 0; at < 10; at += 1) keep(`lora-${at}`, 8_192, at);
    keep('lora-9', 8_193, 10);
    expect([...chains.kept.keys()]).toEqual([2, 3, 4, 5, 6, 7, 8, 9].map((at) => `lora-${at}`));
    keep('car', 1, 11);
    expect(chains.kept.has('lora-2')).toBe(false);
    expect(chains.kept.get('lora-9')?.text.length).toBe(8_192);
    for (let at = 0; at < 64; at += 1) keep(`car-${at}`, 200, 12 + at);
    expect([...chains.kept.keys()].filter((name) => name.startsWith('car-')).length).toBe(64);
  });
});
