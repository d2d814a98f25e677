import { newTally } from '@outpost/firmware-bridge';
import { monoNs } from '@outpost/schemas/words';
import { expect, it } from 'vitest';
import type { GatewayNow } from '../metrics/index.ts';
import { newRecordTally } from '../record/tally.ts';
import { newStoreTally } from '../store/tally.ts';
import { prometheusText } from './prometheus.ts';

it('shows every number in the text format of Prometheus, whatever a device is called', () => {
  const gateway = {
    startedAt: monoNs(0n),
    now: monoNs(1_000_000_000n),
    rssBytes: 1 << 20,
    loopDelay: { p99Ms: () => 0, stop: () => undefined },
    trust: 'none',
    record: newRecordTally(),
    journal: { readers: [], bytes: 7 },
    room: { diskBytes: undefined, capBytes: 5 },
    attest: { attestations: 0, readings: 0, unreadable: 0, keyless: 0 },
    trips: { recorded: 0, unrecorded: 0 },
    store: newStoreTally(),
    networks: [],
  } as unknown as GatewayNow;
  const view = { name: 'a"b\\c\nd', connected: true, lastReadingAt: undefined, tally: newTally() };
  const text = prometheusText({ gateway, devices: [{ view, nowMs: 0, unsent: 0 }], networks: [] });
  expect(text).toContain('# TYPE outpost_up_s gauge\noutpost_up_s 1\n');
  expect(text).toContain('# TYPE outpost_readings_made_total counter\noutpost_readings_made_total 0\n');
  expect(text).toContain('outpost_device_connected{device="a\\"b\\\\c\\nd"} 1\n');
  expect(text).not.toContain('undefined');
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(
      /^(# (HELP|TYPE) [a-z0-9_]+ .+|[a-z0-9_]+(\{[a-z]+="([^"\\]|\\.)*"\})? -?[\d.e+]+)$/,
    );
  }
});
