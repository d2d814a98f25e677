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

  it('is little: long texts are not kept, and those of more devices than the last sixteen are forgotten', () => {
    const chains = newChains(0n as Offset);
    for (let at = 0; at < 20; at += 1) {
      applyEntry(chains, kept(keptTextEntry({ device: `car-${at}`, text: 'x', wall: wallNs(T0) }), at));
    }
    applyEntry(
      chains,
      kept(keptTextEntry({ device: 'car-19', text: 'x'.repeat(1_025), wall: wallNs(T0) }), 20),
    );
    expect(chains.kept.size).toBe(16);
    expect(chains.kept.has('car-3')).toBe(false);
    expect(chains.kept.get('car-19')?.text).toBe('x');
  });
});
