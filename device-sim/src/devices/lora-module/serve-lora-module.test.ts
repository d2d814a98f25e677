import { loadAdapter, newTally, readDevice, systemClock } from '@outpost/firmware-bridge';
import type { DeviceName } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { tcpSocket } from '../tcp-plug.ts';
import { NO_DAMAGE } from './damage.ts';
import { serveLoraModule } from './serve-lora-module.ts';

const clock = systemClock();
const CHANNEL = { frequencyHz: 868_100_000, spreadingFactor: 7, bandwidthHz: 125_000 };

describe('a simulated module on a real socket', () => {
  it.each(['rn2483', 'meshtastic'])('is read by the adapter %s', async (family) => {
    const stop = new AbortController();
    const served = await serveLoraModule({
      family,
      channel: CHANNEL,
      everyMs: 20,
      seed: 1,
      damage: NO_DAMAGE,
      restartAfterFrames: 0,
      socket: tcpSocket('127.0.0.1', 0),
      clock,
      signal: stop.signal,
    });
    if (!served.ok) throw new Error(served.fault.words);
    await using module = served.value;
    const adapter = (await loadAdapter(family))?.adapter;
    if (adapter === undefined) throw new Error('no adapter');
    expect(adapter.lane).toBe('coverage');
    let heard = 0;
    const tally = newTally();
    const events = readDevice({
      adapter,
      address: module.where,
      options: { frequencyHz: CHANNEL.frequencyHz },
      device: 'radio' as DeviceName,
      clock,
      signal: stop.signal,
      tally,
      report: () => undefined,
    });
    for await (const event of events) {
      if (event.kind !== 'observed') continue;
      heard += event.observed.readings.filter(({ body }) => body.kind === 'reception').length;
      event.observed.kept();
      if (heard >= 3) break;
    }
    expect(heard).toBeGreaterThanOrEqual(3);
    expect(tally.items).toBe(
      tally.observed +
        tally.control +
        tally.quarantined +
        [...tally.dropped.values()].reduce((a, b) => a + b, 0),
    );
    expect(module.tally().clients).toBe(1);
    stop.abort();
  });
});
