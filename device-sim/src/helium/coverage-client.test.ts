import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayKey, keyBytes, keypairOf } from '@outpost/gateway/helium';
import { concatBytes, elapsedMs, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { breath } from './client-rig.ts';
import { beaconHeard, openCoverageRig } from './coverage-rig.ts';
import { until } from './raw-client.ts';
import { openWay, type Way } from './way.ts';

const A = '0016c001ff10a235';
const B = '0016c001ff10a236';

/** Bytes of a beacon whose first two choose that channel of EU868. */
const payloadOn = (channel = 4): Uint8Array => {
  const payload = Uint8Array.from(randomBytes(51));
  payload[0] = channel;
  payload[1] = 0;
  return payload;
};

/** `gateway_key.bin` of a network whose gateways the ingest service of mainnet does not take. */
const writeTestnetKey = async (directory: string, eui: string): Promise<void> => {
  const pair = keypairOf('testnet', 'ed25519', Uint8Array.from(randomBytes(32)));
  if (!pair.ok) throw new Error(pair.fault.words);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const bytes = concatBytes(Uint8Array.of(0x11), pair.value.secret, pair.value.key);
  await writeFile(join(directory, `${eui}.gateway_key.bin`), bytes, { mode: 0o600 });
};

describe('a network of coverage reports', () => {
  it('reports what each gateway heard, in the numbers that Helium has for it, with the gateway’s own key', async () => {
    await using rig = await openCoverageRig();
    const payload = payloadOn();
    expect(await rig.deliver(beaconHeard(A, payload), 40)).toEqual({ kind: 'settled' });
    expect(await rig.deliver(beaconHeard(B, payload))).toEqual({ kind: 'settled' });
    await until('both are there', () => rig.taken.length === 2);
    const pair = await gatewayKey(join(rig.directory, 'helium'), A);
    if (!pair.ok) throw new Error(pair.fault.words);
    const [first, second] = rig.taken;
    expect(first).toMatchObject({
      kind: 'witness',
      report: {
        ...{ payload, signal: -1_050, snr: -75, frequency: 867_900_000n, datarate: 0, tmst: 123_456_789 },
        ...{ gateway: keyBytes(pair.value), timestamp: rig.clock.wall() - 40_000_000n },
      },
    });
    expect(toHex(second?.report.gateway ?? new Uint8Array())).not.toBe(toHex(keyBytes(pair.value)));
    expect(rig.served.ingest.core.tally).toMatchObject({ sessions: 2, witnesses: 2 });
    expect(rig.served.ingest.core.tally.stopped.size).toBe(0);
  });

  it('wants whole frames that may be beacons, and no others', async () => {
    await using rig = await openCoverageRig();
    const wants = (change: Parameters<typeof beaconHeard>[2]): boolean =>
      rig.network.wants(rig.delivery(beaconHeard(A, payloadOn(), change)));
    expect([
      wants({}),
      wants({ crc: 'bad' }),
      wants({ phy: new Uint8Array(52) }),
      wants({ gateway: undefined }),
    ]).toEqual([true, false, false, false]);
  });

  it('does not send what the rules would surely refuse, and says so in their words', async () => {
    await using rig = await openCoverageRig();
    const code = async (
      change: Parameters<typeof beaconHeard>[2],
      payload = payloadOn(),
    ): Promise<string> => {
      const outcome = await rig.deliver(beaconHeard(A, payload, change));
      return outcome.kind === 'refused' ? `${outcome.code}: ${outcome.words}` : outcome.kind;
    };
    expect(await code({ frequencyHz: 867_999_000 })).toBe('settled');
    expect(await code({ frequencyHz: 868_100_000 })).toContain(
      'invalid-frequency: by the rules it would be refused: the witness heard it more than 100 kHz beside the beacon (heard on 868.100 MHz, and its bytes say 867.900 MHz)',
    );
    expect(await code({ rssiDeciDbm: -300 })).toContain('bad-rssi: ');
    expect(await code({ rssiDeciDbm: undefined })).toContain('incomplete: ');
    const twice = payloadOn();
    expect(await code({}, twice)).toBe('settled');
    expect(await code({}, twice)).toContain('repeated: ');
    await until('what was sent is there', () => rig.taken.length === 2);
  });

  it('sends a report again whose way broke, which is the same reading and no repetition', async () => {
    let way: Way | undefined;
    await using rig = await openCoverageRig({
      way: async (url) => {
        way = await openWay(url);
        return way.url;
      },
    });
    await rig.deliver(beaconHeard(A, payloadOn()));
    way?.freeze();
    const delivery = rig.delivery(beaconHeard(A, payloadOn()));
    let ended: string | undefined;
    const never = new AbortController().signal;
    rig.network.deliver(delivery, never).then(
      ({ kind }) => {
        ended = kind;
      },
      () => undefined,
    );
    await rig.passing(60, () => ended !== undefined);
    expect(ended).toBe('kept');
    way?.heal();
    await rig.passing(60, () => rig.served.ingest.core.tally.sessions === 2);
    expect(await rig.network.deliver(delivery, never)).toEqual({ kind: 'settled' });
    await way?.[Symbol.asyncDispose]();
  });

  it('renews its session before the service ends it, and loses nothing meanwhile', async () => {
    await using rig = await openCoverageRig();
    await rig.deliver(beaconHeard(A, payloadOn()));
    let settled = 0;
    for (let minute = 0; minute < 31; minute += 1) {
      await rig.passing(60);
      const outcome = await rig.deliver(beaconHeard(A, payloadOn()));
      settled += outcome.kind === 'settled' ? 1 : 0;
    }
    const { sessions, witnesses, stopped } = rig.served.ingest.core.tally;
    expect([settled, witnesses]).toEqual([31, 32]);
    expect(sessions).toBe(2);
    expect(stopped.get('timed_out')).toBeUndefined();
  });

  it('tells a person once that the service does not take a gateway, and goes on asking rarely', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'helium-coverage-'));
    await writeTestnetKey(join(directory, 'helium'), A);
    await using other = await openCoverageRig({ directory });
    const { tally } = other.served.ingest.core;
    const since = other.clock.mono();
    for (let times = 1; times <= 6; times += 1) {
      await other.passing(3_600, () => tally.streams >= times);
      await until('it is refused', () => tally.stopped.get('invalid_network') === times);
      // The client hears of it before time passes.
      for (let moments = 0; moments < 20; moments += 1) await breath();
    }
    expect(other.alarms).toHaveLength(1);
    expect(other.alarms[0]).toMatchObject({ kind: 'refused', code: 'helium.session' });
    expect(elapsedMs(since, other.clock.mono())).toBeGreaterThan(600_000);
    const outcome = await other.deliver(beaconHeard(A, payloadOn()));
    expect(outcome).toMatchObject({ kind: 'refused', code: 'no-session' });
    expect(await other.deliver(beaconHeard(B, payloadOn()))).toEqual({ kind: 'settled' });
    await rm(directory, { recursive: true });
  });

  it('is off unless its rules are named, and says so', async () => {
    await using rig = await openCoverageRig({ options: { profile: 'off' } });
    expect(rig.network.wants(rig.delivery(beaconHeard(A, payloadOn())))).toBe(false);
    expect(rig.network.run).toBeUndefined();
    expect(rig.notes).toEqual([
      expect.stringContaining('is off: no network takes coverage reports since 2026-07-06'),
    ]);
    expect(rig.served.ingest.tried).toBe(0);
  });
});
