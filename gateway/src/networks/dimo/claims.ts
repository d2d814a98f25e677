import type { Statement } from '@outpost/schemas/evidence';
import { isVin, signalById } from '@outpost/schemas/vehicle';
import type { Body, CodesBody, TripBody, WallNs } from '@outpost/schemas/words';
import { decimalText, timeText } from './codec.ts';
import { weekOf } from './week.ts';

// What an attestation of ours says, worked out from signed readings alone, so that whoever verifies works it out again
// from the readings that stand beside it and compares.

export type ClaimKind = 'odometer' | 'trip' | 'health' | 'vin';

/** A reading that a claim rests on. */
export interface Witness {
  readonly body: Body;
  readonly wall: WallNs;
}

/** Whom a claim is about and who made it. */
export interface ClaimParties {
  /** DID of the vehicle: did:erc721:chain:contract:token. */
  readonly subject: string;
  readonly producer: string;
}

export interface ClaimForm {
  readonly dataversion: string;
  readonly tags: readonly string[];
}

/** Versions and tags as DIMO's own attestations have them; it has none for trips. */
export const FORMS: Readonly<Record<ClaimKind, ClaimForm>> = {
  odometer: { dataversion: 'vehicleodometer/v1.0.0', tags: ['vehicle.odometer', 'vehicle'] },
  trip: { dataversion: 'outposttrip/v1.0.0', tags: ['vehicle.trip', 'vehicle'] },
  health: { dataversion: 'vehiclehealth/v1.0.0', tags: ['vehicle.health', 'vehicle'] },
  vin: { dataversion: 'vin/v1.0', tags: ['vehicle.vin', 'vehicle'] },
};

export const CLAIM_KINDS = Object.keys(FORMS) as readonly ClaimKind[];

/** Row of the odometer in the signal table, kilometres. */
export const ODOMETER = 21;
/** Rows of the tyres' pressures in kilopascals, with the words that DIMO has for their places. */
export const TYRES: ReadonlyMap<number, string> = new Map([
  [504, 'frontLeft'],
  [505, 'frontRight'],
  [506, 'rearLeft'],
  [507, 'rearRight'],
]);

const HOUR_NS = 3_600_000_000_000n;

/** How long each kind says that it holds; a VIN until the end of DIMO's week. */
const validTo = (kind: ClaimKind, wall: WallNs): WallNs => {
  if (kind === 'vin') return weekOf(wall).endsAt as WallNs;
  return (wall + (kind === 'odometer' ? 1n : 24n) * HOUR_NS) as WallNs;
};

const odometerOf = ({ body, wall }: Witness): object | undefined => {
  if (body.kind !== 'number' || body.signal !== ODOMETER) return undefined;
  const decimals = signalById(ODOMETER)?.decimals ?? 0;
  const value = Number(decimalText(body.mantissa, decimals));
  return { odometerReading: { value, unit: 'km', timestamp: timeText(wall) } };
};

const tripOf = ({ body }: Witness): object | undefined => {
  if (body.kind !== 'trip') return undefined;
  const { start, end, startedBy, endedBy, distanceM, fuelMl, energyWh }: TripBody = body;
  const { odometerStartM, odometerEndM } = body;
  const trip = { start: timeText(start.wall), startedBy, end: timeText(end.wall), endedBy, distanceM };
  return { trip: { ...trip, fuelMl, energyWh, odometerStartM, odometerEndM } };
};

const vinOf = ({ body, wall }: Witness, { subject, producer }: ClaimParties): object | undefined => {
  if (body.kind !== 'identity' || body.of !== 'vin' || !isVin(body.text)) return undefined;
  const [, , , contract = '', token = ''] = subject.split(':');
  return {
    id: subject,
    vehicleTokenId: Number(token),
    vehicleContractAddress: `eth:${contract}`,
    vehicleIdentificationNumber: body.text,
    recordedBy: producer,
    recordedAt: timeText(wall),
  };
};

type Weight = 'critical' | 'warning' | 'info';
const COSTS: Readonly<Record<Weight, number>> = { critical: 30, warning: 15, info: 5 };
const TYRES_COST = 20;
const TYRE_KPA = { min: 206.84, max: 275.79 } as const;
const HEALTHY_SCORE = 70;

const weightOf = (code: string): Weight => {
  if (/^P0[12]/.test(code)) return 'critical';
  return /^(P0[34]|U)/.test(code) ? 'warning' : 'info';
};

/** Of every control unit the list that it said last. */
const lastLists = (witnesses: readonly Witness[]): readonly { body: CodesBody; wall: WallNs }[] => {
  const lists = new Map<number, { body: CodesBody; wall: WallNs }>();
  for (const { body, wall } of witnesses) {
    if (body.kind === 'codes' && body.status === 'stored') lists.set(body.ecu, { body, wall });
  }
  return [...lists.values()];
};

const tyresOf = (witnesses: readonly Witness[]): Readonly<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const { body } of witnesses) {
    if (body.kind !== 'number') continue;
    const place = TYRES.get(body.signal);
    const decimals = signalById(body.signal)?.decimals ?? 0;
    if (place !== undefined) found[place] = Number(decimalText(body.mantissa, decimals));
  }
  return found;
};

/** DIMO's published rule: 100, less for each code by its weight and for tyres beside 30 to 40 psi. */
const healthOf = (witnesses: readonly Witness[]): object | undefined => {
  const lists = lastLists(witnesses);
  const [first, last] = [witnesses[0], witnesses.at(-1)];
  if (lists.length === 0 || first === undefined || last === undefined) return undefined;
  const codes = lists.flatMap(({ body, wall }) => body.codes.map((code) => ({ code, wall })));
  const dtcs = codes.map(({ code, wall }) => ({
    code,
    description: '',
    severity: weightOf(code),
    timestamp: timeText(wall),
  }));
  const tyres = tyresOf(witnesses);
  const pressures = Object.values(tyres);
  const isNormal = pressures.every((kPa) => kPa >= TYRE_KPA.min && kPa <= TYRE_KPA.max);
  const cost = dtcs.reduce((sum, { severity }) => sum + COSTS[severity], isNormal ? 0 : TYRES_COST);
  const healthScore = Math.max(0, 100 - cost);
  return {
    healthStatus: {
      dtcs,
      ...(pressures.length === 0 ? {} : { tirePressure: { ...tyres, unit: 'kPa', isNormal } }),
      healthScore,
      isHealthy: healthScore >= HEALTHY_SCORE,
      lastUpdated: timeText(last.wall),
    },
    searchedTimeRange: { start: timeText(first.wall), end: timeText(last.wall) },
  };
};

/**
 * The members that a claim of this kind puts into `data`, as JSON text without braces; undefined where the readings do
 * not carry it. Of odometer, trip and VIN there is one witness; of health every list of codes and every pressure.
 */
export const claimText = (
  kind: ClaimKind,
  witnesses: readonly Witness[],
  parties: ClaimParties,
  { origin }: Pick<Statement, 'origin'>,
): string | undefined => {
  const [only, last] = [witnesses[0], witnesses.at(-1)];
  if (only === undefined || last === undefined || (kind !== 'health' && witnesses.length !== 1))
    return undefined;
  const said = {
    odometer: () => odometerOf(only),
    trip: () => tripOf(only),
    vin: () => vinOf(only, parties),
    health: () => healthOf(witnesses),
  }[kind]();
  if (said === undefined) return undefined;
  const subject =
    kind === 'vin' ? said : { vehicleDID: parties.subject, ...said, producer: parties.producer };
  const text = JSON.stringify({
    validFrom: timeText(last.wall),
    validTo: timeText(validTo(kind, last.wall)),
    credentialSubject: { ...subject, origin },
  });
  return text.slice(1, -1);
};
