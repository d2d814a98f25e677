import { asciiText, type FixKind, fail, fault, ok, type Result, wallNs } from '@outpost/schemas/words';
import { type Fix, wholeCircle } from '../../gnss/position.ts';

/** What gpsd says, one JSON object a line (gpsd_json(5)). */
export type GpsdEvent =
  | { readonly kind: 'version'; readonly release: string }
  /** A time-position-velocity report; `fix` is undefined while there is none. */
  | { readonly kind: 'tpv'; readonly fix: Fix | undefined; readonly simulated: boolean }
  | { readonly kind: 'devices'; readonly count: number }
  | { readonly kind: 'error'; readonly words: string }
  | { readonly kind: 'other'; readonly class: string };

/** The longest line that is read; a SKY report with 140 satellites has about 15 KiB. */
export const LINE_MAX_BYTES = 32_768;

const wrong = (code: string, words: string): Result<never> => fail(fault('malformed', code, 'gpsd', words));

/** TPV `status` (gpsd_json(5)): how the receiver came to the fix. */
const STATUS: ReadonlyMap<unknown, FixKind> = new Map<unknown, FixKind>([
  [2, 'differential'],
  [3, 'rtk'],
  [4, 'rtk'],
  [5, 'estimated'],
  [6, 'estimated'],
]);
const STATUS_SIMULATED = 8;

type Members = Readonly<Record<string, unknown>>;

const scaled = (value: unknown, factor: number, min: number, max: number): number | undefined => {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  const whole = Math.round(value * factor) || 0;
  return whole >= min && whole <= max ? whole : undefined;
};

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

const momentOf = (value: unknown): Fix['fixedAt'] => {
  if (typeof value !== 'string' || !TIME.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) || ms < 0 ? undefined : wallNs(BigInt(ms) * 1_000_000n);
};

const readTpv = (tpv: Members): Result<GpsdEvent> => {
  const { mode, status } = tpv;
  const simulated = status === STATUS_SIMULATED;
  if (mode === 0 || mode === 1) return ok({ kind: 'tpv', fix: undefined, simulated });
  if (mode !== 2 && mode !== 3) return wrong('gpsd.tpv', 'a TPV report has no mode from 0 to 3.');
  const latitude = scaled(tpv['lat'], 1e7, -900_000_000, 900_000_000);
  const longitude = scaled(tpv['lon'], 1e7, -1_800_000_000, 1_800_000_000);
  if (latitude === undefined || longitude === undefined) {
    return wrong('gpsd.tpv', 'a TPV report with a fix has no position on Earth.');
  }
  const course = scaled(tpv['track'], 100, 0, 36_000);
  const fix: Fix = {
    fix: STATUS.get(status) ?? (mode === 2 ? '2d' : '3d'),
    latitude,
    longitude,
    altitudeCm: mode === 3 ? scaled(tpv['altMSL'] ?? tpv['alt'], 100, -1_000_000, 10_000_000) : undefined,
    speedCmS: scaled(tpv['speed'], 100, 0, 10_000_000),
    courseCdeg: course === undefined ? undefined : wholeCircle(course),
    fixedAt: momentOf(tpv['time']),
  };
  return ok({ kind: 'tpv', fix, simulated });
};

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (line: Uint8Array): unknown => {
  try {
    return JSON.parse(asciiText(line));
  } catch {
    return undefined;
  }
};

/** Reads one line. Faults name no content: a damaged report may still hold a position. */
export const readEvent = (line: Uint8Array): Result<GpsdEvent> => {
  const said = parse(line);
  const name = isMembers(said) ? said['class'] : undefined;
  if (!isMembers(said) || typeof name !== 'string')
    return wrong('gpsd.json', 'this line is no report of gpsd.');
  if (name === 'TPV') return readTpv(said);
  if (name === 'VERSION') return ok({ kind: 'version', release: String(said['release']).slice(0, 32) });
  if (name === 'DEVICES') {
    const devices = said['devices'];
    return ok({ kind: 'devices', count: Array.isArray(devices) ? devices.length : 0 });
  }
  if (name === 'ERROR') return ok({ kind: 'error', words: String(said['message']).slice(0, 200) });
  return ok({ kind: 'other', class: name.slice(0, 32) });
};
