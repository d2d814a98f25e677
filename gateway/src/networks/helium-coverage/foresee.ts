import {
  BEACON_BYTES,
  type BeaconChannel,
  type BeaconRegion,
  coverageJudge,
  HELIUM_REASONS,
  HELIUM_RULES,
  type HeliumReason,
  heliumPathLossDb,
  judgeable,
} from '@outpost/schemas/radio';
import { toHex } from '@outpost/schemas/words';
import type { LiveDelivery, Prediction } from '../contract.ts';
import type { SeenBeacon } from './reports.ts';

/** A reason why the rules would refuse a report, and the sentence about it. */
export interface Refusal {
  readonly code: HeliumReason;
  readonly words: string;
}

/** dBi that no antenna of a hotspot has more of; what a witness asserted is not known here. */
const GAIN_MOST_DBI = 15;
/**
 * Metres between two places eight cells of resolution 11 apart, at the least: a cell's neighbour is never nearer than
 * 25 m. Nearer ones are refused for being near.
 */
const NEAREST_M = 200;

const refusal = (code: HeliumReason, more: string): Refusal => ({
  code,
  words: `by the rules it would be refused: ${HELIUM_REASONS[code][1]} (${more}).`,
});

/** The channel that a payload says it is on: its first two bytes choose one, in the order of the region's list. */
const channelOf = (payload: Uint8Array, { channels }: BeaconRegion): BeaconChannel | undefined =>
  channels[((payload[0] ?? 0) | ((payload[1] ?? 0) << 8)) % Math.max(1, channels.length)];

const spreadingOf = ({ channels: [first] }: BeaconRegion): number | undefined =>
  first?.spreading.find(({ maxPacketBytes }) => maxPacketBytes >= BEACON_BYTES)?.spreadingFactor;

const mhz = (hz: number): string => `${(hz / 1e6).toFixed(3)} MHz`;

const witnessRefusal = ({ payload, body }: SeenBeacon, plan: BeaconRegion): Refusal | undefined => {
  const { frequencyHz } = body;
  const signalDdbm = body.signalRssiDeciDbm ?? body.rssiDeciDbm;
  const channel = channelOf(payload, plan);
  if (frequencyHz === undefined || signalDdbm === undefined || channel === undefined) return undefined;
  if (Math.abs(frequencyHz - channel.frequencyHz) > HELIUM_RULES.frequencyToleranceHz) {
    const more = `heard on ${mhz(frequencyHz)}, and its bytes say ${mhz(channel.frequencyHz)}`;
    return refusal('invalid-frequency', more);
  }
  const eirpDdbm = Math.max(...plan.channels.map(({ maxEirpDdbm }) => maxEirpDdbm));
  const mostDbm = eirpDdbm / 10 + GAIN_MOST_DBI - heliumPathLossDb(channel.frequencyHz, NEAREST_M);
  if (signalDdbm / 10 > mostDbm) {
    const more = `${(signalDdbm / 10).toFixed(0)} dBm, more than from the nearest place that counts`;
    return refusal('bad-rssi', more);
  }
  return undefined;
};

const beaconRefusal = ({ payload, body }: SeenBeacon, plan: BeaconRegion): Refusal | undefined => {
  const { frequencyHz, modulation } = body;
  const channel = channelOf(payload, plan);
  if (channel === undefined || modulation?.kind !== 'lora') return undefined;
  const isOn =
    frequencyHz === channel.frequencyHz &&
    modulation.spreadingFactor === spreadingOf(plan) &&
    modulation.bandwidthHz === plan.channels[0]?.bandwidthHz;
  const more = `it must go out on ${mhz(channel.frequencyHz)} with SF${spreadingOf(plan) ?? '?'}`;
  return isOn ? undefined : refusal('invalid-packet', more);
};

/** Whether the retired rules would refuse a report, as far as one box can know: only what is sure. */
export const sureRefusal = (seen: SeenBeacon, plan: BeaconRegion): Refusal | undefined =>
  (seen.role === 'witness' ? witnessRefusal : beaconRefusal)(seen, plan);

/** What our own judge of receptions finds in this one alone, whatever Helium looked at. */
const judgedAlone = ({ body }: SeenBeacon, delivery: LiveDelivery): string | undefined => {
  const { stream, epoch, sequence, origin, wall, trust } = delivery;
  const signed = {
    deviceKey: toHex(delivery.deviceKey),
    gatewayKey: toHex(delivery.gatewayKey),
    epoch: toHex(epoch),
    ...{ stream, sequence, origin, wall, trust, body },
  };
  const able = judgeable(signed, undefined);
  if (!able.ok) return able.words;
  const judge = coverageJudge({ region: undefined, sender: () => undefined, gainDbi: () => undefined });
  const { verdict, words } = judge(able.reception);
  return verdict === 'rejected' ? words : undefined;
};

const UNKNOWN =
  'where the other gateway stands, and whether both reported within two days, this box does not know';

/** What the rules would make of a report; `plan` where the channels of the region are known. */
export const foresee = (
  seen: SeenBeacon,
  delivery: LiveDelivery,
  plan: BeaconRegion | undefined,
): Prediction => {
  const refused = plan === undefined ? undefined : sureRefusal(seen, plan);
  if (refused !== undefined) return { expect: 'refused', words: refused.words };
  const doubt = seen.role === 'witness' ? judgedAlone(seen, delivery) : undefined;
  if (doubt !== undefined)
    return { expect: 'unsure', words: `Helium’s rules never looked at it, but the reception ${doubt}.` };
  if (plan === undefined)
    return {
      expect: 'unsure',
      words: 'the channels of this region are not published, so it is not checked.',
    };
  if (seen.role === 'beaconer')
    return {
      expect: 'unsure',
      words: 'it is reported where this network made it, with entropy that is fresh.',
    };
  return { expect: 'accepted', words: `nothing speaks against it here; ${UNKNOWN}.` };
};
