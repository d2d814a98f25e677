import { distanceM, type Place } from '@outpost/schemas/privacy';
import { type Reception, signalDbm, snrFloorDb, thermalNoiseDbm } from '@outpost/schemas/radio';
import { NS_PER_MS, wallNs } from '@outpost/schemas/words';
import { tmstOf } from '../radio/counter.ts';
import { placeAt } from '../radio/earth.ts';
import { type Random, random } from '../random/sfc32.ts';

/** What one hotspot reports, and whether there is a lie in it. */
export interface Told {
  readonly reception: Reception;
  readonly isLie: boolean;
}

/** One liar’s way to make others of his hotspot’s receptions; it remembers what it needs. */
export type Lie = (honest: Reception) => readonly Told[];

const truth = (reception: Reception): Told => ({ reception, isLie: false });
const lie = (reception: Reception): Told => ({ reception, isLie: true });

/** A liar does not lie all the time; a careful one hardly ever. */
const SHARE = 0.1;
const RARE_SHARE = 0.005;

const sometimes =
  (chance: Random, change: (honest: Reception) => Reception | undefined, share = SHARE): Lie =>
  (honest) => {
    const changed = chance.unit() < share ? change(honest) : undefined;
    return [changed === undefined ? truth(honest) : lie(changed)];
  };

const away = (chance: Random, from: Place, leastM: number, mostM: number): Place => {
  const angle = 2 * Math.PI * chance.unit();
  const metres = leastM * (mostM / leastM) ** chance.unit();
  const place = placeAt(from, { eastM: metres * Math.sin(angle), northM: metres * Math.cos(angle) });
  return distanceM(from, place) < leastM
    ? placeAt(from, { eastM: 0, northM: from.latitude > 0 ? -leastM : leastM })
    : place;
};

/** Every so many receptions it claims to be somewhere else, and stays there; the jump is what is counted as a lie. */
const EVERY = 40;

const teleport =
  (leastM: number, mostM: number) =>
  (chance: Random): Lie => {
    let heard = 0;
    let claimed: Place | undefined;
    return (honest) => {
      heard += 1;
      if (honest.place === undefined) return [truth(honest)];
      const jumps = heard % EVERY === 0;
      if (jumps) claimed = away(chance, claimed ?? honest.place, leastM, mostM);
      if (claimed === undefined) return [truth(honest)];
      return [{ reception: { ...honest, place: claimed }, isLie: jumps }];
    };
  };

/** 20 dB more than there were, in RSSI alone: the field that rewards used to be paid by. */
const louder =
  (share: number) =>
  (chance: Random): Lie =>
    sometimes(chance, (honest) => ({ ...honest, rssiDbm: honest.rssiDbm + 20 }), share);

/** The highest SNR that a radio tells. */
const SNR_MAX_DB = 14;

/** The same by somebody who knows that SNR goes with it. */
const louderAndClearer = (chance: Random): Lie =>
  sometimes(chance, (honest) => ({
    ...honest,
    rssiDbm: honest.rssiDbm + 20,
    snrDb: honest.snrDb === undefined ? undefined : Math.min(SNR_MAX_DB, honest.snrDb + 20),
  }));

/** An SNR that nothing can be heard at, or one that this strength cannot have. */
const impossibleSnr = (chance: Random): Lie =>
  sometimes(chance, (honest) => {
    const { rate, rssiDbm } = honest;
    if (rate.kind !== 'lora') return undefined;
    const beyondDb = chance.between(3.5, 15);
    if (chance.unit() < 0.5) return { ...honest, snrDb: snrFloorDb(rate.spreadingFactor) - beyondDb };
    const mostDb = signalDbm(rssiDbm, 20) - thermalNoiseDbm(rate.bandwidthHz);
    return { ...honest, snrDb: Math.max(0, mostDb) + beyondDb };
  });

const MEMORY = 500;

/**
 * Frames that it heard at least `leastS` before, told again as if they had just come, with the strength and the
 * counter of now.
 */
const replay =
  (leastS: number, mostS: number) =>
  (chance: Random): Lie => {
    let memory: readonly Reception[] = [];
    return (honest) => {
      const old = memory.filter(({ wall }) => {
        const ageS = Number(honest.wall - wall) / 1e9;
        return ageS >= leastS && ageS <= mostS;
      });
      const again = chance.unit() < SHARE ? old[chance.whole(old.length)] : undefined;
      memory = [...memory, honest].slice(-MEMORY);
      if (again === undefined) return [truth(honest)];
      const laterUs = 1_500_000 + chance.whole(500_000);
      const { phy, frequencyHz, rate, rssiDbm, snrDb } = again;
      const told: Reception = {
        ...honest,
        phy,
        frequencyHz,
        rate,
        rssiDbm,
        snrDb,
        wall: wallNs(honest.wall + BigInt(laterUs) * 1_000n),
        tmst: honest.tmst === undefined ? undefined : tmstOf(honest.tmst + laterUs),
      };
      return [truth(honest), lie(told)];
    };
  };

/** Its clock is put forward or back by two seconds to a day, and goes on from there; the jump is what is counted. */
const clockJump = (chance: Random): Lie => {
  let heard = 0;
  let offMs = 0n;
  return (honest) => {
    heard += 1;
    const jumps = heard % EVERY === 0 && honest.trust !== 'none';
    if (jumps) {
      const ms = 2_000 * 43_200 ** chance.unit();
      offMs += BigInt(Math.round(chance.unit() < 0.5 ? -ms : ms));
    }
    return [{ reception: { ...honest, wall: wallNs(honest.wall + offMs * NS_PER_MS) }, isLie: jumps }];
  };
};

/** What a hotspot can lie about in what it reports. */
export const RADIO_LIES = {
  teleport: teleport(100_000, 2_000_000),
  'teleport-near': teleport(5_000, 100_000),
  'rssi+20': louder(SHARE),
  'rssi+20-rare': louder(RARE_SHARE),
  'rssi+20-snr': louderAndClearer,
  'snr-impossible': impossibleSnr,
  replay: replay(620, 86_400),
  'replay-soon': replay(30, 500),
  'clock-jump': clockJump,
} as const satisfies Readonly<Record<string, (chance: Random) => Lie>>;

export type RadioLie = keyof typeof RADIO_LIES;

/** A liar by name; the same seed lies the same way. */
export const liar = (name: RadioLie, seed: number): Lie => RADIO_LIES[name](random(seed, name));

/** A second box elsewhere that calls itself by the first one's EUI: all that it says is a lie. */
export const clone =
  (eui: string): Lie =>
  (honest) => [lie({ ...honest, gateway: eui })];
