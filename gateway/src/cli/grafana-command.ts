import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@outpost/schemas/config';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { Command } from 'commander';
import { storeDirectory } from '../data-directory.ts';
import { loadCredentials } from '../influxd/credentials.ts';
import { influxdLayout } from '../influxd/layout.ts';
import { complain, EXIT, loadConfig, type Terminal } from './context.ts';
import { environmentText, type GrafanaSource, grafanaFilesFor, placeFiles } from './grafana-files.ts';

interface Options {
  readonly config?: string;
  readonly root: string;
  readonly url?: string;
}

const wrong = (code: string, where: string, words: string) =>
  fail(fault('misconfigured', code, where, words));

/** Where the managed InfluxDB listens, as its own file says. */
const managedUrl = async (portsFile: string): Promise<Result<string>> => {
  try {
    const { http } = JSON.parse(await readFile(portsFile, 'utf8')) as { http?: unknown };
    if (typeof http === 'number') return ok(`http://127.0.0.1:${http}`);
  } catch {
    // Said below.
  }
  return wrong(
    'grafana.no-influxdb',
    portsFile,
    'InfluxDB has not been set up yet; let the gateway run once first.',
  );
};

const managedSource = async ({ dataDirectory }: Config, database: string): Promise<Result<GrafanaSource>> => {
  const layout = influxdLayout(join(storeDirectory(dataDirectory), 'influxdb'));
  const url = await managedUrl(layout.portsFile);
  if (!url.ok) return url;
  const credentials = await loadCredentials(layout.credentialsFile);
  if (!credentials.ok) return credentials;
  return ok({ url: url.value, database, ...credentials.value.read });
};

/** The InfluxDB of the configuration; of an own one the password has to be given, because it should only read. */
const sourceOf = async (config: Config, terminal: Terminal): Promise<Result<GrafanaSource>> => {
  const { store } = config;
  if (store === null) {
    return wrong(
      'grafana.no-store',
      'store',
      'is null in the configuration, so there is nothing for Grafana to show.',
    );
  }
  if (store.url === undefined) return await managedSource(config, store.database);
  const { OUTPOST_INFLUX_USER: user, OUTPOST_INFLUX_PASSWORD: password } = terminal.env;
  if (user === undefined || password === undefined) {
    const words =
      'this InfluxDB is your own: set OUTPOST_INFLUX_USER and OUTPOST_INFLUX_PASSWORD to a user of it that may only read.';
    return wrong('grafana.user', store.url, words);
  }
  return ok({ url: store.url, user, password, database: store.database });
};

/** An address that Grafana can ask, without a login, which has a place of its own. */
const checkUrl = (text: string): Result<string> => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  return isPlain
    ? ok(text)
    : wrong(
        'grafana.url',
        '--url',
        'it has to be an address such as http://192.168.0.9:8086, without a login in it.',
      );
};

/** No line of a file of the environment can hold these. */
const BREAKS = /\p{Cc}/u;

const checkLines = (source: GrafanaSource): Result<GrafanaSource> => {
  const bad = Object.entries(source).find(([, value]) => BREAKS.test(value));
  return bad === undefined
    ? ok(source)
    : wrong(
        'grafana.control-character',
        bad[0],
        'it holds a line break or another control character, which no file of the environment can carry.',
      );
};

const load = async (options: Options, terminal: Terminal): Promise<Result<GrafanaSource>> => {
  const loaded = await loadConfig(options.config, terminal.env);
  if (!loaded.ok) return loaded;
  const source = await sourceOf(loaded.value.config, terminal);
  if (!source.ok) return source;
  if (options.url === undefined) return checkLines(source.value);
  const url = checkUrl(options.url);
  return url.ok ? checkLines({ ...source.value, url: url.value }) : url;
};

const install = async (options: Options, terminal: Terminal): Promise<number> => {
  const source = await load(options, terminal);
  if (!source.ok) return complain(terminal, source.fault);
  const files = await grafanaFilesFor(source.value);
  try {
    await placeFiles(options.root, files);
  } catch (error) {
    const words = `${(error as Error).message}. Grafana's directories belong to root: run it with sudo.`;
    return complain(terminal, fault('misconfigured', 'grafana.unwritable', options.root, words));
  }
  for (const { path } of files) terminal.out(join(options.root, path));
  terminal.out('Now: sudo systemctl daemon-reload && sudo systemctl restart grafana-server');
  return EXIT.done;
};

const print = async (options: Options, terminal: Terminal): Promise<number> => {
  const source = await load(options, terminal);
  if (!source.ok) return complain(terminal, source.fault);
  terminal.out(environmentText(source.value).trimEnd());
  return EXIT.done;
};

/** `outpost grafana install|print`: dashboards and alerts for a Grafana here or on another host. */
export const grafanaCommand = (terminal: Terminal, finish: (code: number) => void): Command => {
  const command = new Command('grafana').description('put dashboards and alerts in place for Grafana');
  const shared = (name: string, says: string): Command =>
    command
      .command(name)
      .description(says)
      .option('-c, --config <file>', 'the configuration file')
      .option(
        '--url <url>',
        "InfluxDB's address as Grafana reaches it, where that is another than the gateway's",
      );
  shared(
    'install',
    'write data source, dashboards and alert rules where Grafana of its own package looks for them',
  )
    .option('--root <directory>', 'write below this directory instead, to copy it to another host', '/')
    .action(async (options: Options) => finish(await install(options, terminal)));
  shared(
    'print',
    'show what Grafana needs in its environment, the password of the reading user included',
  ).action(async (options: Options) => finish(await print(options, terminal)));
  return command;
};
