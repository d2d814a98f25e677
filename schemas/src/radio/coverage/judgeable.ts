import type { Place } from '../../privacy/index.ts';
import type { Modulation, ReceptionBody } from '../../words/index.ts';
import { toHex } from '../../words/index.ts';
import type { Reception } from '../plausibility/index.ts';
import type { Rate } from '../rate.ts';
import type { SignedReception } from './signed-reception.ts';

const DECI = 10;
const US_PER_MS = 1_000;

/** A hotspot's frame is at the box this long after it was heard at most, as long as nothing stores it on the way. */
const TRANSPORT_MS_MAX = 500;

export const rateFrom = (modulation: Modulation): Rate => {
  switch (modulation.kind) {
    case 'lora':
      return {
        kind: 'lora',
        spreadingFactor: modulation.spreadingFactor,
        bandwidthHz: modulation.bandwidthHz,
      };
    case 'fsk':
      return { kind: 'fsk', bitsPerSecond: modulation.bitsPerSecond };
    case 'lr-fhss':
      return { kind: 'lr-fhss', codingRate: modulation.codingRate, widthHz: modulation.widthHz };
  }
};

/** Who heard or sent it: the EUI where there is one, so that two who use one EUI are seen; else the signer's key. */
export const radioName = ({ body, deviceKey }: SignedReception): string =>
  body.gateway === undefined ? deviceKey : toHex(body.gateway);

/** dBm of the channel, where a gateway gives the signal alone: signal and noise together. */
const channelDbm = ({ rssiDeciDbm, signalRssiDeciDbm, snrDeciDb }: ReceptionBody): number | undefined => {
  if (rssiDeciDbm !== undefined) return rssiDeciDbm / DECI;
  if (signalRssiDeciDbm === undefined) return undefined;
  const signalDbm = signalRssiDeciDbm / DECI;
  return snrDeciDb === undefined
    ? signalDbm
    : signalDbm + 10 * Math.log10(1 + 10 ** (-snrDeciDb / DECI / 10));
};

type ReceptionTime = Pick<Reception, 'wall' | 'trust' | 'timeErrorUs' | 'waited'>;

/**
 * The gateway's own time counts as that of satellites only where it shows that it has some, since forwarders without
 * a receiver fill the field from the clock of their system. The box's clock says when the frame had come to it, which through a
 * broker may be any time later.
 */
export const timeOf = ({ body, wall, trust, queued }: SignedReception): ReceptionTime => {
  const bySatellites = body.location?.source === 'gnss' || body.fineNs !== undefined;
  if (body.gatewayTime !== undefined) return { wall: body.gatewayTime, trust: bySatellites ? 'gnss' : 'ntp' };
  if (queued === true) return { wall, trust, waited: true };
  return trust === 'gnss' ? { wall, trust, timeErrorUs: TRANSPORT_MS_MAX * US_PER_MS } : { wall, trust };
};

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

const cannot = (why: string): Judgeable => ({ ok: false, words: `cannot be judged, because ${why}` });

export type Judgeable =
  | { readonly ok: true; readonly reception: Reception }
  /** `cannot be judged, because …` */
  | { readonly ok: false; readonly words: string };

/**
 * What the judge needs, out of a signed reception. `place` is where the antenna stood. Frames with a wrong
 * checksum, and those of modules that tell neither frequency nor modulation, cannot be judged.
 */
export const judgeable = (signed: SignedReception, place: Place | undefined): Judgeable => {
  const { body } = signed;
  if (body.direction === 'sent') return cannot('it was sent, not heard');
  if (body.crc === 'bad') return cannot('its checksum is wrong: nobody can say which of its bytes were sent');
  if (body.phy.length === 0) return cannot('it has no bytes');
  const rssiDbm = channelDbm(body);
  const { frequencyHz, modulation, tmst, snrDeciDb } = body;
  if (frequencyHz === undefined || modulation === undefined || rssiDbm === undefined) {
    const missing = [
      ...(frequencyHz === undefined ? ['no frequency'] : []),
      ...(modulation === undefined ? ['no modulation'] : []),
      ...(rssiDbm === undefined ? ['no RSSI'] : []),
      ...(tmst === undefined ? ['no count of microseconds'] : []),
    ];
    return cannot(`the radio tells ${listed(missing)}`);
  }
  const reception: Reception = {
    gateway: radioName(signed),
    phy: body.phy,
    frequencyHz,
    rate: rateFrom(modulation),
    rssiDbm,
    snrDb: snrDeciDb === undefined ? undefined : snrDeciDb / DECI,
    tmst,
    ...timeOf(signed),
    place,
  };
  return { ok: true, reception };
};
