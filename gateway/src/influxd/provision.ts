import { access } from 'node:fs/promises';
import { type Clock, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { type Influx, openInflux } from '../store/influx.ts';
import { identifier, literal, RAW } from '../store/names.ts';
import { selfPoint } from '../store/points.ts';
import { type Layout, prepareSchema, type SchemaPlan } from '../store/schema.ts';
import { influxTarget } from '../store/target.ts';
import { writeWhole } from '../store/whole-file.ts';
import type { Login } from './credentials.ts';
import type { Influxd } from './influxd.ts';
import { syncTree } from './sync-tree.ts';

/** Set-up is rare and may have to wait for a slow card. */
const DEADLINE_MS = 60_000;

/** Connects to the managed InfluxDB as one of its users, or as nobody. */
export const influxAs = (
  { url }: Pick<Influxd, 'url'>,
  login: Login | undefined,
  database: string,
  clock: Clock,
  deadlineMs: number,
): Influx => {
  const target = influxTarget(url, database, login ?? {});
  if (!target.ok) throw new Error(`unreachable: ${url} is an address`);
  return openInflux(target.value, { clock, deadlineMs });
};

const createUser = ({ user, password }: Login, rights: string): string =>
  `CREATE USER ${identifier(user)} WITH PASSWORD ${literal(password)}${rights}`;

/** The first statement a new server takes is the one that makes its administrator; from then on it asks who calls. */
const ensureAdmin = async (
  admin: Influx,
  nobody: Influx,
  login: Login,
  signal: AbortSignal,
): Promise<Result<unknown>> => {
  const known = await admin.query('SHOW DATABASES', signal);
  if (known.ok || known.fault.code !== 'influx.not-allowed') return known;
  if (known.fault.words.includes('create admin user first')) {
    return nobody.query(createUser(login, ' WITH ALL PRIVILEGES'), signal);
  }
  const words =
    'it has other users than the passwords file names; restore that file, or move the whole directory of InfluxDB ' +
    'away to begin a new one from the journal.';
  return fail(fault('misconfigured', 'influxd.other-users', admin.where, words));
};

const ensureUser = async (
  admin: Influx,
  user: Influx,
  login: Login,
  right: 'ALL' | 'READ',
  database: string,
  signal: AbortSignal,
): Promise<Result<unknown>> => {
  const grant = `GRANT ${right} ON ${identifier(database)} TO ${identifier(login.user)}`;
  if ((await user.query('SHOW DATABASES', signal)).ok) return admin.query(grant, signal);
  const users = await admin.query('SHOW USERS', signal);
  if (!users.ok) return users;
  // A restored passwords file may name another password than the server; the file is what dashboards were given.
  const known = users.value.some((row) => row['user'] === login.user);
  const setPassword = `SET PASSWORD FOR ${identifier(login.user)} = ${literal(login.password)}`;
  const made = await admin.query(known ? setPassword : createUser(login, ''), signal);
  return made.ok ? admin.query(grant, signal) : made;
};

const isThere = async (path: string): Promise<boolean> => {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
};

/**
 * The first write to a new database makes the files that a power cut within the next 30 s would spoil. So it is made
 * here, and they are put on the disk before anything else is written.
 */
const settleFiles = async (
  admin: Influx,
  { layout }: Influxd,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result<undefined>> => {
  if (await isThere(layout.settledFile)) return ok(undefined);
  const [outcome] = await admin.write([selfPoint(clock.wall(), { settled: 1 })], RAW, signal);
  if (outcome?.kind === 'kept') return fail(outcome.fault);
  // Refused, as it is while the clocks of gateway and server differ by weeks: then the next call settles it.
  if (outcome?.kind !== 'stored') return ok(undefined);
  await syncTree(layout.directory, signal);
  await writeWhole(layout.settledFile, '');
  return ok(undefined);
};

/**
 * Makes the managed InfluxDB ready to be written to: administrator, database, policies, the users of gateway and
 * dashboards, and files that survive a power cut. What is there already stays; may be called again at any time.
 */
export const provision = async (
  influxd: Influxd,
  plan: SchemaPlan,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result<Layout>> => {
  const { database } = plan;
  const { admin: owner, write, read } = influxd.credentials;
  const as = (login: Login | undefined): Influx => influxAs(influxd, login, database, clock, DEADLINE_MS);
  const admin = as(owner);
  const reachable = await admin.ping(signal);
  if (!reachable.ok) return reachable;
  const administrator = await ensureAdmin(admin, as(undefined), owner, signal);
  if (!administrator.ok) return administrator;
  const layout = await prepareSchema(admin, plan, signal);
  if (!layout.ok) return layout;
  const writer = await ensureUser(admin, as(write), write, 'ALL', database, signal);
  if (!writer.ok) return writer;
  const reader = await ensureUser(admin, as(read), read, 'READ', database, signal);
  if (!reader.ok) return reader;
  const settled = await settleFiles(admin, influxd, clock, signal);
  return settled.ok ? layout : settled;
};
