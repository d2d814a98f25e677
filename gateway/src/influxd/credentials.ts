import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { errorCode, writeWhole } from '../store/whole-file.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** Who may do what in the managed InfluxDB. */
export interface Credentials {
  /** Makes databases, policies and users; used at set-up only. */
  readonly admin: Login;
  /** The gateway at work: everything within its one database, since roll-ups read and write. */
  readonly write: Login;
  /** Dashboards. */
  readonly read: Login;
}

const PASSWORD_BYTES = 24;
/** Characters that need no quoting in InfluxQL, YAML or a shell. */
const PASSWORD = /^[A-Za-z0-9_-]{16,128}$/;
const USER = /^[a-z][a-z_]{0,31}$/;

const newLogin = (user: string): Login => ({
  user,
  password: randomBytes(PASSWORD_BYTES).toString('base64url'),
});

const isLogin = (value: unknown): value is Login => {
  const { user, password } = (value ?? {}) as Partial<Record<keyof Login, unknown>>;
  return (
    typeof user === 'string' && USER.test(user) && typeof password === 'string' && PASSWORD.test(password)
  );
};

const parse = (text: string): Credentials | undefined => {
  try {
    const { admin, write, read } = JSON.parse(text) as Partial<Record<keyof Credentials, unknown>>;
    return isLogin(admin) && isLogin(write) && isLogin(read) ? { admin, write, read } : undefined;
  } catch {
    return undefined;
  }
};

/** Reads the passwords of the managed InfluxDB, or makes them where the file is not there. Nobody else may read it. */
export const loadCredentials = async (file: string): Promise<Result<Credentials>> => {
  const bad = (words: string) => fail(fault('misconfigured', 'influxd.credentials', file, words));
  try {
    if (((await stat(file)).mode & 0o077) !== 0) {
      return bad('others can read the passwords of InfluxDB in it; run "chmod 600" on it.');
    }
    const known = parse(await readFile(file, 'utf8'));
    return known === undefined
      ? bad('it does not hold the passwords of InfluxDB any more; restore it from a backup.')
      : ok(known);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') return bad(`it cannot be read (${errorCode(error)}).`);
  }
  const made: Credentials = {
    admin: newLogin('outpost_admin'),
    write: newLogin('outpost'),
    read: newLogin('grafana'),
  };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeWhole(file, `${JSON.stringify(made, undefined, 2)}\n`);
  return ok(made);
};
