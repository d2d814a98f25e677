import { type Latency, type UnitAddress, unitAddress } from './bus.ts';
import { type DidTable, identificationDids, type ProfileUnit, profileUnits } from './dids.ts';
import { DIESEL_PIDS } from './diesel-pids.ts';
import { BATTERY_PIDS, ELECTRIC_PIDS, PLUG_IN_PIDS } from './electric-pids.ts';
import { ENGINE_PIDS, GEARBOX_PIDS } from './engine-pids.ts';
import type { CarIdentity, UnitIdentity } from './identity.ts';
import { petrolMonitors } from './monitor-results.ts';
import { type CarParameters, engineOf, MAKERS_PROFILES } from './parameters.ts';
import type { PidTable } from './pid-table.ts';

/** One control unit on the bus. */
export interface ControlUnit {
  readonly number: number;
  readonly address: UnitAddress;
  readonly latency: Latency;
  /** What it fills its frames with. */
  readonly padding: number;
  readonly pids: PidTable;
  readonly dids: DidTable;
  readonly identity: UnitIdentity;
  /** Undefined: the unit does not know the VIN. */
  readonly vin: string | undefined;
  readonly hasCodes: boolean;
  /** Identifiers of the on-board monitors that it tells the results of (service 06). */
  readonly monitors: readonly number[];
}

/** Compiled once, because units are looked up for every request. */
const MAKERS: ReadonlyMap<string, readonly ProfileUnit[]> = new Map(
  MAKERS_PROFILES.map((name) => [name, profileUnits(name)]),
);

const NO_PIDS: PidTable = new Map();

const enginePids = (car: CarParameters): PidTable => {
  if (car.drive === 'plug-in') return PLUG_IN_PIDS;
  return engineOf(car)?.fuel === 'diesel' ? DIESEL_PIDS : ENGINE_PIDS;
};

type Draft = Omit<ControlUnit, 'dids'>;

/** 7E8: the engine, or what stands in its place; it knows the VIN and keeps the codes. */
const leading = (identity: CarIdentity, car: CarParameters): Draft => ({
  number: 0,
  address: unitAddress(0, 0x10),
  latency: { meanMs: 12, spreadMs: 4 },
  padding: 0xaa,
  pids: car.drive === 'electric' ? ELECTRIC_PIDS : enginePids(car),
  identity: car.drive === 'electric' ? identity.powertrain : identity.engine,
  vin: identity.vin,
  hasCodes: true,
  monitors: engineOf(car)?.fuel === 'petrol' ? petrolMonitors : [],
});

/** 7E9: a little later, but within the 50 ms of ISO 15765-4. */
const gearbox = (identity: CarIdentity): Draft => ({
  number: 1,
  address: unitAddress(1, 0x18),
  latency: { meanMs: 19, spreadMs: 4 },
  padding: 0x00,
  pids: GEARBOX_PIDS,
  identity: identity.gearbox,
  vin: undefined,
  hasCodes: false,
  monitors: [],
});

const BATTERY_NUMBER = 4;

/** 7EC: the traction battery's. */
const battery = (identity: CarIdentity): Draft => ({
  number: BATTERY_NUMBER,
  address: unitAddress(BATTERY_NUMBER, 0x40),
  latency: { meanMs: 23, spreadMs: 6 },
  padding: 0xaa,
  pids: BATTERY_PIDS,
  identity: identity.battery,
  vin: undefined,
  hasCodes: false,
  monitors: [],
});

/** A unit that only its maker's tools know: no legislated service, so nothing to a request to everybody. */
const makersOwn = (identity: CarIdentity, { target, answer }: ProfileUnit, number: number): Draft => ({
  number,
  address: {
    request11: target,
    reply11: answer,
    request29: 0x18da00f1 | ((target & 0xff) << 8),
    reply29: 0x18daf100 | (target & 0xff),
  },
  latency: { meanMs: 28, spreadMs: 9 },
  padding: 0xaa,
  pids: NO_PIDS,
  identity: identity.gearbox,
  vin: undefined,
  hasCodes: false,
  monitors: [],
});

/** The control units of a car, by the order in which they answer. */
export const controlUnits = (identity: CarIdentity, car: CarParameters): readonly ControlUnit[] => {
  const drafts: Draft[] = [leading(identity, car)];
  if (car.drive !== 'electric') drafts.push(gearbox(identity));
  if (car.drive !== 'combustion') drafts.push(battery(identity));
  const makers = car.profile === undefined ? [] : (MAKERS.get(car.profile) ?? []);
  for (const unit of makers) {
    if (drafts.some(({ address }) => address.request11 === unit.target)) continue;
    drafts.push(makersOwn(identity, unit, BATTERY_NUMBER + drafts.length));
  }
  return drafts.map((draft) => {
    const own = makers.find(({ target }) => target === draft.address.request11);
    return {
      ...draft,
      dids: new Map([...identificationDids(identity, draft.identity), ...(own?.dids ?? [])]),
    };
  });
};
