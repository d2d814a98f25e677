import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the files stand in the checkout: gateway/src/cli and gateway/dist/cli are equally deep. */
const DEPLOY = fileURLToPath(new URL('../../../deploy/grafana', import.meta.url));

/** A file for Grafana's machine. */
export interface GrafanaFile {
  /** From the root of that machine's files. */
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

/** What Grafana has to know of the InfluxDB to show. */
export interface GrafanaSource {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const READABLE = 0o644;
const SECRET = 0o600;

const PROVISIONING = 'etc/grafana/provisioning';
const DASHBOARDS = 'var/lib/grafana/outpost';
const ENVIRONMENT = 'etc/grafana/outpost.env';
const DROP_IN = 'etc/systemd/system/grafana-server.service.d/outpost.conf';

const PLAIN = /^[A-Za-z0-9_.:/@%+,=-]*$/;

/** As systemd reads it (systemd.exec(5), EnvironmentFile): what is not plain stands in quotes. */
const assigned = (name: string, value: string): string =>
  `${name}=${PLAIN.test(value) ? value : `"${value.replaceAll(/[\\"`$]/g, '\\$&')}"`}`;

/** Read by systemd as root before Grafana starts, so that no other user sees the password. */
export const environmentText = ({ url, user, password, database }: GrafanaSource): string =>
  [
    assigned('OUTPOST_INFLUX_URL', url),
    assigned('OUTPOST_INFLUX_USER', user),
    assigned('OUTPOST_INFLUX_PASSWORD', password),
    assigned('OUTPOST_INFLUX_DATABASE', database),
    '',
  ].join('\n');

const placeOf = (path: string): string | undefined => {
  if (path.startsWith('provisioning/') && path.endsWith('.yaml')) {
    return join(PROVISIONING, path.slice('provisioning/'.length));
  }
  return path.startsWith('dashboards/') ? join(DASHBOARDS, path.slice('dashboards/'.length)) : undefined;
};

/** Everything that Grafana needs, the password of the reading user included. */
export const grafanaFilesFor = async (source: GrafanaSource): Promise<readonly GrafanaFile[]> => {
  const entries = await readdir(DEPLOY, { recursive: true, withFileTypes: true });
  const shipped = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }): Promise<GrafanaFile | undefined> => {
        const from = join(parentPath, name);
        const path = placeOf(relative(DEPLOY, from));
        return path === undefined ? undefined : { path, text: await readFile(from, 'utf8'), mode: READABLE };
      }),
  );
  return [
    ...shipped.filter((file) => file !== undefined),
    { path: ENVIRONMENT, text: environmentText(source), mode: SECRET },
    { path: DROP_IN, text: `[Service]\nEnvironmentFile=/${ENVIRONMENT}\n`, mode: READABLE },
  ];
};

/** The file is there whole or as it was, and never for a moment with a wider mode, whatever the umask is. */
const place = async (path: string, text: string, mode: number): Promise<void> => {
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, text, { mode: SECRET, flag: 'wx' });
  await chmod(fresh, mode);
  await rename(fresh, path);
};

/** Everybody may look into the directories, because Grafana runs as a user of its own. */
const openDirectory = async (path: string): Promise<void> => {
  const made = await mkdir(path, { recursive: true });
  for (let at = path; made !== undefined && at.length >= made.length; at = dirname(at))
    await chmod(at, 0o755);
};

/** Dashboards of an older version that this one has not any more; the directory is Outpost's own. */
const removeOld = async (root: string, files: readonly GrafanaFile[]): Promise<void> => {
  const kept = new Set(
    files
      .map(({ path }) => path)
      .filter((path) => dirname(path) === DASHBOARDS)
      .map((path) => basename(path)),
  );
  for (const name of await readdir(join(root, DASHBOARDS))) {
    if (name.endsWith('.json') && !kept.has(name)) await rm(join(root, DASHBOARDS, name));
  }
};

/** Puts the files below `root`; those that were there are replaced. Rejects with the file system's error. */
export const placeFiles = async (root: string, files: readonly GrafanaFile[]): Promise<void> => {
  for (const { path, text, mode } of files) {
    const to = join(root, path);
    await openDirectory(dirname(to));
    await place(to, text, mode);
  }
  await removeOld(root, files);
};
