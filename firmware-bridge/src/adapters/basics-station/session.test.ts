import { REGIONS } from '@outpost/schemas/radio';
import {
  type DownlinkItem,
  type MonoNs,
  monoAfterMs,
  monoNs,
  type Order,
  type OrderId,
  type WallNs,
  wallNs,
} from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeMessage } from '../../message.ts';
import type { Step } from '../../session.ts';
import { eventWire } from './codec.ts';
import { SENT_WITHIN_MS, xtimeOf } from './downlink.ts';
import type { StationCommand, StationEvent } from './event.ts';
import { checkOptions, type StationOptions } from './options.ts';
import { radiosFor, routerConfig } from './router-config.ts';
import { stationSession } from './session.ts';
import type { State } from './state.ts';
import vectors from './vectors/messages.json' with { type: 'json' };

const EUI = 'b827ebfffe72e3bb';
const FROM = { gateway: EUI, region: 'EU868' };
const PEER = { address: '192.0.2.7', port: 4000 };

const optionsOf = (given: unknown): StationOptions => {
  const checked = checkOptions(given);
  if (!checked.ok) throw new Error(checked.fault.words);
  return checked.value;
};
const OPTIONS = optionsOf({ region: 'EU868', gateways: [EUI] });

const heard = ((): Extract<StationEvent, { kind: 'heard' }> => {
  const payload = new TextEncoder().encode(vectors.heard[0]?.json);
  const read = eventWire.decode(writeMessage({ topic: `ws://h/EU868/router-${EUI}`, payload }))[0]?.result;
  if (read?.ok !== true || read.value.kind !== 'heard') throw new Error('this is no frame');
  return read.value;
})();
const LAST = heard.xtime;
const TMST = Number(LAST % 2n ** 32n) + 1_000_000;

const item: DownlinkItem = {
  phy: Uint8Array.of(0x60, 1),
  at: { kind: 'count', tmst: TMST },
  frequencyHz: 868_100_000,
  powerDbm: 14,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  invertPolarity: true,
  preambleSymbols: undefined,
  noCrc: true,
};
const second: DownlinkItem = {
  ...item,
  at: { kind: 'count', tmst: TMST + 1_000_000 },
  frequencyHz: 869_525_000,
  modulation: { kind: 'lora', spreadingFactor: 12, bandwidthHz: 125_000, codingRate: '4/5' },
};
const order = (...items: readonly DownlinkItem[]): Order => ({
  id: 'o' as OrderId,
  kind: 'downlink',
  gateway: EUI,
  items,
});

const talk = (options = OPTIONS) => {
  const session = stationSession(options);
  let { initial: state } = session;
  let now: MonoNs = monoNs(1_000_000_000n);
  const keep = (step: Step<State, StationCommand>) => {
    ({ state } = step);
    return step;
  };
  return {
    later: (ms: number) => {
      now = monoAfterMs(now, ms);
    },
    hear: (event: StationEvent, utc?: WallNs) => {
      const input = { kind: 'event', event, raw: eventWire.encode(event), peer: PEER } as const;
      return keep(session.step(state, utc === undefined ? input : { ...input, utc }, now));
    },
    silence: () => keep(session.step(state, { kind: 'silence' }, now)),
    order: (given: Order) => {
      if (session.order === undefined) throw new Error('it takes no orders');
      return keep(session.order(state, given, now));
    },
  };
};

describe('a station', () => {
  it('is shown its way, told of its radio and heard', () => {
    const told = talk();
    const asked = told.hear({ kind: 'discover', gateway: EUI, router: '1::', origin: 'wss://box:3001' });
    const uri = `wss://box:3001/EU868/router-${EUI}`;
    expect(asked.commands).toEqual([
      { to: PEER, path: '/router-info', said: { router: '1::', muxs: 'muxs-::0', uri } },
    ]);
    const version = told.hear({ kind: 'version', from: FROM, station: '2.0.6', model: 'rpi' });
    expect(version.commands[0]?.said).toMatchObject({ msgtype: 'router_config', region: 'EU868' });
    expect(told.hear(heard)).toMatchObject({
      fates: [{ kind: 'observed' }],
      said: [{ body: { crc: 'ok' } }],
    });
  });

  it('that asks for the time is told what GPS counts, where the box knows it', () => {
    const asked = { kind: 'timesync', from: FROM, txtime: 2n ** 40n } as const;
    const utc = wallNs(1_752_451_200_250_001_000n);
    const answered = talk().hear(asked, utc);
    // 2025-07-14T00:00:00Z is second 1436486418 of GPS (chirpstack, gpstime.rs).
    expect(answered.commands).toEqual([
      {
        to: PEER,
        path: `/EU868/router-${EUI}`,
        said: { msgtype: 'timesync', txtime: 2n ** 40n, gpstime: 1_436_486_418_250_001n },
      },
    ]);
    const later = optionsOf({ region: 'EU868', gateways: [EUI], leapSeconds: 19 });
    expect(talk(later).hear(asked, utc).commands[0]?.said).toMatchObject({ gpstime: 1_436_486_419_250_001n });
    const unknown = talk().hear(asked);
    expect([unknown.commands, unknown.fates]).toEqual([[], [{ kind: 'dropped', reason: 'time-unknown' }]]);
  });

  it('that is not listed is not answered, and told of once', () => {
    const told = talk();
    const stranger: StationEvent = {
      kind: 'discover',
      gateway: '0000000000000001',
      router: '::1',
      origin: 'ws://h',
    };
    const first = told.hear(stranger);
    expect(first).toMatchObject({
      commands: [],
      fates: [{ reason: 'not-listed' }],
      happenings: [{ what: 'stranger' }],
    });
    expect(told.hear(stranger).happenings).toBeUndefined();
    const frame = { ...heard, from: { ...FROM, gateway: '0000000000000001' } };
    expect(told.hear(frame)).toMatchObject({ said: [], fates: [{ reason: 'not-listed' }] });
    const abroad = { ...heard, from: { ...FROM, region: 'US915' } };
    expect(told.hear(abroad)).toMatchObject({ said: [], fates: [{ reason: 'other-region' }] });
  });
});

describe('a downlink', () => {
  it('names the moment of its frame exactly, with both windows', () => {
    const told = talk();
    told.hear(heard);
    const step = told.order(order(item, second));
    expect(step.commands[0]?.said).toEqual({
      msgtype: 'dnmsg',
      DevEui: '00-00-00-00-00-00-00-01',
      diid: 1,
      pdu: '6001',
      priority: 0,
      dC: 0,
      RxDelay: 1,
      RX1DR: 5,
      RX1Freq: 868_100_000,
      RX2DR: 0,
      RX2Freq: 869_525_000,
      rctx: heard.rctx,
      xtime: LAST,
    });
    expect(step.silenceAfterMs).toBe(SENT_WITHIN_MS);
    const sent = { kind: 'sent', from: FROM, diid: 1, frequencyHz: 869_525_000 } as const;
    expect(told.hear({ ...sent, from: { ...FROM } }).outcomes).toMatchObject([{ kind: 'done', item: 1 }]);
    expect(told.hear(sent)).toMatchObject({ fates: [{ reason: 'no-such-downlink' }] });
  });

  it('goes at once or by GPS as classes C and B', () => {
    const told = talk();
    told.hear(heard);
    const now = told.order(order({ ...item, at: { kind: 'immediately' } })).commands[0]?.said;
    expect(now).toMatchObject({ dC: 2, RX2DR: 5, RX2Freq: 868_100_000 });
    const gps = told.order({
      ...order({ ...item, at: { kind: 'gps', tmms: 1_300_000_000_000 } }),
      id: 'p' as OrderId,
    });
    expect(gps.commands[0]?.said).toMatchObject({ dC: 1, DR: 5, gpstime: 1_300_000_000_000_000 });
  });

  it('is refused in words, and times out where the station stays silent', () => {
    const told = talk();
    expect(told.order(order(item)).outcomes).toMatchObject([{ code: 'not-heard' }]);
    told.hear({ kind: 'version', from: FROM, station: '', model: '' });
    expect(told.order(order(item)).outcomes).toMatchObject([{ code: 'no-counter' }]);
    told.hear(heard);
    const refused = [
      [{ ...item, invertPolarity: false }, 'polarity'],
      [{ ...item, powerDbm: 20 }, 'power'],
      [{ ...item, frequencyHz: 800_000_000 }, 'frequency'],
      [{ ...item, modulation: { kind: 'fsk', bitsPerSecond: 1, deviationHz: undefined } }, 'no-such-rate'],
    ] as const;
    for (const [odd, code] of refused) expect(told.order(order(odd)).outcomes).toMatchObject([{ code }]);
    told.order(order(item));
    told.later(SENT_WITHIN_MS);
    expect(told.silence().outcomes).toMatchObject([{ kind: 'refused', code: 'time-out' }]);
  });
});

describe('the 63-bit time of a counter', () => {
  it('is the nearest one of the same run, for any time and either way', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 2n ** 48n, max: 2n ** 62n }),
        fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }),
        (last, apart) => {
          const xtime = last + BigInt(apart);
          expect(xtimeOf(last, Number(xtime % 2n ** 32n))).toBe(xtime);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

describe('what a station is told of its radio', () => {
  it.each(REGIONS.map(({ name }) => name))('can be said for %s', (region) => {
    const checked = checkOptions({ region, gateways: [EUI] });
    if (!checked.ok) throw new Error(checked.fault.words);
    const config = routerConfig(checked.value);
    expect(config).toMatchObject({ region, DRs: { length: 16 } });
  });

  it('has every channel within the reach of its radio', () => {
    const channels = [
      867_100_000, 867_300_000, 867_500_000, 867_700_000, 867_900_000, 868_100_000, 868_300_000, 868_500_000,
    ];
    const radios = radiosFor(channels) ?? [];
    expect(radios.flatMap(({ channelsHz }) => channelsHz)).toEqual(channels);
    for (const { centreHz, channelsHz } of radios) {
      for (const hz of channelsHz) expect(Math.abs(hz - centreHz)).toBeLessThanOrEqual(400_000);
    }
    expect(radiosFor([863_000_000, 865_000_000, 868_000_000])).toBeUndefined();
  });
});

describe('the options', () => {
  it.each([
    [{}, 'options.region'],
    [{ region: 'EU868' }, 'options.gateways'],
    [{ region: 'EU868', gateways: ['x'] }, 'options.gateways[0]'],
    [{ region: 'EU868', gateways: [EUI], channelsHz: [863e6, 865e6, 868e6] }, 'options.channelsHz'],
    [{ region: 'EU868', gateways: [EUI], channelsHz: [] }, 'options.channelsHz'],
    [{ region: 'EU868', gateways: [EUI], all: true }, 'options.all'],
  ])('%j are refused at %s', (options, where) => {
    expect(checkOptions(options)).toMatchObject({ ok: false, fault: { kind: 'misconfigured', where } });
  });
});
