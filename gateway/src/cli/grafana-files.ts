import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
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

/** Read by systemd as root before Grafana starts, so that no other user sees the password. */
export const environmentText = ({ url, user, password, database }: GrafanaSource): string =>
  [
    `OUTPOST_INFLUX_URL=${url}`,
    `OUTPOST_INFLUX_USER=${user}`,
    `OUTPOST_INFLUX_PASSWORD=${password}`,
    `OUTPOST_INFLUX_DATABASE=${database}`,
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

/** Puts the files below `root`; those that were there are replaced. Rejects with the file system's error. */
export const placeFiles = async (root: string, files: readonly GrafanaFile[]): Promise<void> => {
  for (const { path, text, mode } of files) {
    const place = join(root, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, text, { mode });
  }
};
