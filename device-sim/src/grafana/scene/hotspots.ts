import { GATEWAY_SIGNALS, type GatewayStatistic } from '@outpost/schemas/radio';
import { fromHex, type Modulation, type ReceptionBody } from '@outpost/schemas/words';
import type { Heard } from '../../radio/air.ts';
import type { Hotspot } from '../../radio/hotspot.ts';
import { toldPlace } from '../../radio/hotspot.ts';
import { plainWorld } from '../../radio/testing.ts';
import { radioWorld, type WorldPlan } from '../../radio/world.ts';
import { type Random, random } from '../../random/sfc32.ts';
import type { Said, Speaker } from './said.ts';

const HOTSPOTS = 4;
const DEVICES = 40;
const STATISTICS_EVERY_S = 30;
/** Of what it hears a network answers so much. */
const ANSWERED_SHARE = 0.08;
const ANSWER_AFTER_MS = 1_000;
const ANSWER_BYTES = 17;
const ANSWER_DECI_DBM = 140;

/** When the first hotspot's antenna has come off, s. */
export interface Deaf {
  readonly fromS: number;
  readonly toS: number;
}

const deci = (value: number): number => Math.round(value * 10);

const bytesOf = (hex: string): Uint8Array => {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error(`${hex} is no hex`);
  return bytes;
};

const modulationOf = ({ emission: { rate } }: Heard): Modulation | undefined =>
  rate.kind === 'lora' ? { ...rate, codingRate: '4/5' } : undefined;

const locationOf = (hotspot: Hotspot, us: number): ReceptionBody['location'] => {
  const place = toldPlace(hotspot, us);
  return place === undefined ? undefined : { ...place, altitudeCm: undefined, source: 'configured' };
};

const heardBody = (plan: WorldPlan, hotspot: Hotspot, heard: Heard): ReceptionBody => {
  const channel = plan.channels.dataHz.indexOf(heard.frequencyHz);
  return {
    kind: 'reception',
    direction: 'heard',
    gateway: bytesOf(hotspot.eui),
    phy: heard.phy,
    crc: heard.crc,
    frequencyHz: heard.frequencyHz,
    modulation: modulationOf(heard),
    rssiDeciDbm: deci(heard.rssiDbm),
    signalRssiDeciDbm: undefined,
    snrDeciDb: deci(heard.snrDb),
    powerDeciDbm: undefined,
    tmst: heard.tmst,
    gatewayTime: undefined,
    fineNs: undefined,
    frequencyOffsetHz: undefined,
    channel: channel < 0 ? undefined : channel,
    rfChain: 0,
    antenna: 0,
    location: locationOf(hotspot, heard.emission.endUs),
  };
};

/** What the network has the same hotspot send back. */
const answerBody = (heard: ReceptionBody, chance: Random): ReceptionBody => ({
  ...heard,
  direction: 'sent',
  // Unconfirmed data downlink; the rest is noise to whoever has no key.
  phy: Uint8Array.from([0x60, ...chance.bytes(ANSWER_BYTES - 1)]),
  rssiDeciDbm: undefined,
  snrDeciDb: undefined,
  powerDeciDbm: ANSWER_DECI_DBM,
});

const statistic = (key: GatewayStatistic, mantissa: number, eui: string, ms: number): Said => ({
  ms,
  body: {
    kind: 'number',
    signal: GATEWAY_SIGNALS[key].id,
    mantissa,
    ecu: Number.parseInt(eui.slice(-8), 16),
  },
});

interface Counted {
  readonly received: number;
  readonly ok: number;
  readonly sent: number;
}

const statistics = (
  eui: string,
  ms: number,
  { received, ok, sent }: Counted,
  chance: Random,
): readonly Said[] => [
  statistic('received', received, eui, ms),
  statistic('receivedOk', ok, eui, ms),
  statistic('forwarded', ok, eui, ms),
  statistic('ackRatio', ok === 0 ? 1_000 : Math.round(chance.between(955, 1_000)), eui, ms),
  statistic('downlinks', sent, eui, ms),
  statistic('transmitted', sent, eui, ms),
  statistic('temperature', Math.round(420 + 60 * Math.sin(ms / 1_800_000) + chance.between(-4, 4)), eui, ms),
];

const msOf = (heard: Heard): number => heard.emission.endUs / 1_000;

/** A small town's hotspots behind one device: what they heard and sent, and what they say of themselves. */
export const hotspots = (seconds: number, deaf: Deaf): Speaker => {
  const plan = plainWorld({ seed: 11, hotspots: HOTSPOTS, devices: DEVICES, intervalS: 90 });
  const world = radioWorld(plan);
  const chance = random(11, 'answers');
  const isDeaf = (hotspot: number, ms: number): boolean =>
    hotspot === 0 && ms >= deaf.fromS * 1_000 && ms < deaf.toS * 1_000;
  const said: Said[] = [];
  for (let s = 0; s < seconds; s += STATISTICS_EVERY_S) {
    const untilMs = (s + STATISTICS_EVERY_S) * 1_000;
    const heard = world
      .advance(untilMs * 1_000)
      .filter((each) => msOf(each) < untilMs && !isDeaf(each.hotspot, msOf(each)));
    for (const [index, hotspot] of plan.hotspots.entries()) {
      const own = heard.filter((each) => each.hotspot === index);
      const bodies = own.map((each) => ({ ms: msOf(each), body: heardBody(plan, hotspot, each) }));
      const answered = bodies.filter(({ body }) => body.crc === 'ok' && chance.unit() < ANSWERED_SHARE);
      said.push(
        ...bodies,
        ...answered.map(({ ms, body }) => ({ ms: ms + ANSWER_AFTER_MS, body: answerBody(body, chance) })),
        ...statistics(
          hotspot.eui,
          untilMs,
          {
            received: own.length,
            ok: own.filter(({ crc }) => crc === 'ok').length,
            sent: answered.length,
          },
          chance,
        ),
      );
    }
  }
  return { stream: 'hotspot/coverage', said: said.sort((a, b) => a.ms - b.ms) };
};
