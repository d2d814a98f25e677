import { readFileSync } from 'node:fs';
import { fromHex, type ReceptionBody, toHex, wallNs } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { platformSigner } from '../../keys/signer.ts';
import { BEACON_REPORT, encodeSigned, SESSION_INIT, WITNESS_REPORT } from '../helium/codec.ts';
import { encodeOffer, encodeRequest, readOffer, readRequest } from './codec.ts';
import { readEntropy } from './entropy.ts';
import { beaconReport, type SeenBeacon, seenBeacon, witnessReport } from './reports.ts';

const json = (path: string): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Readonly<Record<string, string>>;
const vectors = json('./vectors/stream.json');
const signed = json('../helium/vectors/messages.json');
const hex = (text: string | undefined): Uint8Array => fromHex(text ?? '') ?? new Uint8Array(0);

/** The key that made the vectors. */
const { sign } = platformSigner(hex('f8374ea8637b16cb24fa88566e77c6aaf8374ea8637b16cb24fa88566e77c6aa'));
const gateway = hex(signed['gateway']);
const payload = hex(signed['payload']);
const remote = hex(signed['remoteEntropy']);
const wall = wallNs(1_677_163_770_000_000_000n);

const SENT_AND_HEARD: ReceptionBody = {
  kind: 'reception',
  direction: 'heard',
  gateway: hex('0016c001ff10a235'),
  phy: Uint8Array.from([0xe0, ...payload]),
  crc: 'ok',
  frequencyHz: 867_900_000,
  modulation: { kind: 'lora', spreadingFactor: 12, bandwidthHz: 125_000, codingRate: '4/5' },
  rssiDeciDbm: -1_000,
  signalRssiDeciDbm: -1_050,
  snrDeciDb: -75,
  powerDeciDbm: undefined,
  tmst: 123_456_789,
  gatewayTime: undefined,
  fineNs: undefined,
  frequencyOffsetHz: undefined,
  channel: undefined,
  rfChain: undefined,
  antenna: undefined,
  location: undefined,
};

const seen = (change: Partial<ReceptionBody> = {}): SeenBeacon => {
  const found = seenBeacon({ ...SENT_AND_HEARD, ...change });
  if (found === undefined) throw new Error('no beacon');
  return found;
};

const SENT = { direction: 'sent', powerDeciDbm: 85, tmst: 0, crc: 'none' } as const;
const entropy = {
  localEntropy: hex(signed['localEntropy']),
  remoteEntropy: { bytes: remote, timestampS: 1_677_163_710, version: 0 },
};

describe('a report', () => {
  it('of a reception that was heard is byte for byte the vector', () => {
    const report = witnessReport(seen(), { gateway, wall });
    if (!report.ok) throw new Error(report.fault.words);
    const request = encodeRequest('witnessReport', encodeSigned(WITNESS_REPORT, report.value, sign));
    expect(toHex(request)).toBe(vectors['witnessRequest']);
  });

  it('of a beacon that was sent is byte for byte the vector, with whole dBm and with what the forwarder takes off', () => {
    for (const [powerDeciDbm, forwarderGainDbi] of [
      [85, 0],
      [110, 3],
    ] as const) {
      const report = beaconReport(seen({ ...SENT, powerDeciDbm }), {
        gateway,
        wall,
        entropy,
        forwarderGainDbi,
      });
      if (!report.ok) throw new Error(report.fault.words);
      const request = encodeRequest('beaconReport', encodeSigned(BEACON_REPORT, report.value, sign));
      expect(toHex(request)).toBe(vectors['beaconRequest']);
    }
  });

  it('of a channel whose signal alone is not told has the channel’s, and zeros for what nobody tells', () => {
    const bare = seen({ signalRssiDeciDbm: undefined, snrDeciDb: undefined, tmst: undefined });
    expect(witnessReport(bare, { gateway, wall })).toMatchObject({
      value: { signal: -1_000, snr: 0, tmst: 0 },
    });
  });

  it('is none without frequency, rate or strength, or of a rate that Helium has no number for', () => {
    const odd = { kind: 'lora', spreadingFactor: 6, bandwidthHz: 125_000, codingRate: '4/5' } as const;
    const bad = [{ frequencyHz: undefined }, { modulation: undefined }, { modulation: odd }];
    for (const change of [...bad, { rssiDeciDbm: undefined, signalRssiDeciDbm: undefined }])
      expect(witnessReport(seen(change), { gateway, wall })).toMatchObject({ fault: { code: 'incomplete' } });
    const sent = { gateway, wall, entropy, forwarderGainDbi: 0 };
    for (const change of [...bad, { powerDeciDbm: undefined }])
      expect(beaconReport(seen({ ...SENT, ...change }), sent)).toMatchObject({ ok: false });
  });

  it('is of whole proprietary frames of 52 bytes by a gateway with a name alone', () => {
    const { phy } = SENT_AND_HEARD;
    const none: Partial<ReceptionBody>[] = [
      { phy: phy.subarray(1) },
      { phy: phy.map((byte, i) => (i === 0 ? 0x40 : byte)) },
      { gateway: undefined },
      { crc: 'bad' },
      { crc: 'none' },
    ];
    for (const change of none) expect(seenBeacon({ ...SENT_AND_HEARD, ...change })).toBeUndefined();
    expect(seen({ crc: 'unknown' }).role).toBe('witness');
    expect(seen(SENT)).toMatchObject({ role: 'beaconer', eui: '0016c001ff10a235', payload });
  });
});

describe('the stream', () => {
  it('has the bytes of the vectors in both directions', () => {
    const nonce = hex(signed['nonce']);
    const init = { gateway, nonce, sessionKey: hex(signed['sessionKey']), signature: new Uint8Array(0) };
    const request = encodeRequest('sessionInit', encodeSigned(SESSION_INIT, init, sign));
    expect(toHex(request)).toBe(vectors['initRequest']);
    expect(readRequest(request)?.kind).toBe('sessionInit');
    expect(readRequest(hex(vectors['witnessRequest']))?.kind).toBe('witnessReport');
    expect(toHex(encodeOffer(nonce))).toBe(vectors['offer']);
    expect(readOffer(hex(vectors['offer']))).toEqual({ ok: true, value: nonce });
    expect(readOffer(new Uint8Array(0))).toEqual({ ok: true, value: undefined });
  });

  it('is read or refused whatever the bytes are, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        readRequest(bytes);
        readOffer(bytes);
        readEntropy(bytes, 'entropy', 0);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('entropy', () => {
  const nowS = 1_677_163_730;
  it('of versions 0 and 1 is taken as it is', () => {
    const read = readEntropy(hex(vectors['entropy']), 'entropy', nowS);
    expect(read).toEqual({ ok: true, value: { bytes: remote, timestampS: 1_677_163_710, version: 0 } });
    expect(readEntropy(hex(vectors['entropyVersion1']), 'entropy', nowS)).toMatchObject({
      value: { version: 1 },
    });
  });

  it.each([
    ['gives no entropy any more', vectors['entropyRetired'], nowS],
    ['of another time', vectors['entropy'], nowS + 200],
    ['of another time', vectors['entropy'], nowS - 201],
    ['something else than entropy', `${vectors['entropy'] ?? ''}0a`, nowS],
  ])('is none where the service %s', (words, bytes, now) => {
    const read = readEntropy(hex(bytes), 'entropy', now);
    expect(read).toMatchObject({ ok: false, fault: { kind: 'unreachable' } });
    expect(read.ok ? '' : read.fault.words).toContain(words);
  });
});
