import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { systemClock } from '@outpost/firmware-bridge';
import type { NetworkConfig } from '@outpost/schemas/config';
import {
  type Fault,
  fail,
  fault,
  isDeviceName,
  NS_PER_MS,
  ok,
  type Result,
  sentence,
  wallNs,
} from '@outpost/schemas/words';
import { Command } from 'commander';
import { keysDirectory, makeDataDirectory, networkDirectory } from '../data-directory.ts';
import { openKeyRing } from '../keys/index.ts';
import { complain, EXIT, loadConfig, type Terminal } from './context.ts';
import {
  type DimoView,
  dimoAddedLines,
  dimoLines,
  statementLines,
  type VehicleView,
  vehicleLines,
} from './network-dimo-text.ts';
import { dataDirectoryOf, type WhereOptions } from './where.ts';

interface Options extends WhereOptions {
  readonly json?: boolean;
}

interface StreakOptions extends WhereOptions {
  readonly vehicle: string;
  readonly weeks: string;
  readonly missed: string;
}

interface VoidOptions extends WhereOptions {
  readonly vehicle?: string;
  readonly reason: string;
}

const USUAL_NAME = 'dimo';

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'dimo.command', where, words));

/** Loaded when a command runs: curves and tables that no other command needs. */
const load = async () => {
  const [identity, codec, settings, certificate, weeks, quarantine, standing, taken] = await Promise.all([
    import('../networks/dimo/identity.ts'),
    import('../networks/dimo/codec.ts'),
    import('../networks/dimo/settings.ts'),
    import('../networks/dimo/certificate.ts'),
    import('../networks/dimo/weeks-file.ts'),
    import('../networks/dimo/quarantine.ts'),
    import('../networks/dimo/standing.ts'),
    import('../networks/dimo/statements-file.ts'),
  ]);
  return {
    ...identity,
    ...codec,
    ...settings,
    ...certificate,
    ...weeks,
    ...quarantine,
    ...standing,
    ...taken,
  };
};

const placeOf = async (name: string, options: WhereOptions, terminal: Terminal): Promise<Result<string>> => {
  if (!isDeviceName(name))
    return wrong(name, 'is no name of a network: 1 to 32 of a-z 0-9 - starting with a letter.');
  return await dataDirectoryOf(options, terminal);
};

/** The network of that name in the configuration; undefined where there is none, or no configuration. */
const configured = async (name: string, { config }: WhereOptions, terminal: Terminal) => {
  const loaded = await loadConfig(config, terminal.env);
  if (!loaded.ok) return undefined;
  return loaded.value.config.networks.find((each) => each.name === name && each.network === 'dimo');
};

const add = async (name: string, options: WhereOptions, terminal: Terminal): Promise<Result<void>> => {
  const data = await placeOf(name, options, terminal);
  if (!data.ok) return data;
  const made = await makeDataDirectory(data.value);
  if (!made.ok) return made;
  if (!existsSync(keysDirectory(data.value)))
    return wrong(
      data.value,
      'the box has no keys yet that an identity could be bound to; run `outpost init` or the gateway once first.',
    );
  const ring = await openKeyRing({
    directory: keysDirectory(data.value),
    kind: 'file',
    clock: systemClock(),
    readOnly: true,
  });
  if (!ring.ok) return ring;
  const { ensureDimoKey, sealBinding, writeBinding } = await load();
  const directory = networkDirectory(data.value, name);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const key = await ensureDimoKey(directory);
  if (!key.ok) return key;
  const gateway = ring.value.gateway();
  const written = await writeBinding(directory, sealBinding(key.value, gateway));
  if (!written.ok) return written;
  for (const line of dimoAddedLines(name, key.value.address, gateway.publicKey, directory))
    terminal.out(line);
  return ok(undefined);
};

const vehiclesOf = async (
  directory: string,
  network: NetworkConfig | undefined,
): Promise<readonly VehicleView[]> => {
  const { checkSettings, standingsOf } = await load();
  const checked = network === undefined ? undefined : checkSettings(network);
  return checked?.ok === true ? await standingsOf(checked.value, directory, systemClock().wall()) : [];
};

/** The box's key records; none where its keys cannot be read, which other commands tell of. */
const recordsOf = async (data: string): Promise<readonly Uint8Array[]> => {
  const keys = {
    directory: keysDirectory(data),
    kind: 'file',
    clock: systemClock(),
    readOnly: true,
  } as const;
  const ring = await openKeyRing(keys);
  return ring.ok ? ring.value.records() : [];
};

const viewOf = async (name: string, options: WhereOptions, terminal: Terminal): Promise<Result<DimoView>> => {
  const data = await placeOf(name, options, terminal);
  if (!data.ok) return data;
  const dimo = await load();
  const directory = networkDirectory(data.value, name);
  const key = await dimo.readDimoKey(directory);
  if (!key.ok) return key;
  if (key.value === undefined)
    return wrong(directory, `there is no identity yet; make it with \`outpost network dimo add ${name}\`.`);
  const { address } = key.value;
  const gatewayKey = await dimo.boundGateway(directory, address, await recordsOf(data.value));
  const network = await configured(name, options, terminal);
  const checked = network === undefined ? undefined : dimo.checkSettings(network);
  const settings = checked?.ok === true ? checked.value : undefined;
  const shown =
    settings === undefined ? undefined : await dimo.peekCertificate(settings.certificate, directory);
  return ok({
    name,
    address,
    did: dimo.addressDid(settings?.chain.id ?? dimo.CHAINS.polygon.id, address),
    gatewayKey,
    objection: checked?.ok === false ? sentence(checked.fault) : undefined,
    isConfigured: network !== undefined,
    attests: settings?.attest !== undefined,
    certificate:
      shown === undefined
        ? undefined
        : { source: shown.source, goodUntil: dimo.timeText(wallNs(BigInt(shown.notAfterMs) * NS_PER_MS)) },
    quarantined: await dimo.countQuarantine(directory),
    vehicles: await vehiclesOf(directory, network),
  });
};

const show = async (name: string, options: Options, terminal: Terminal): Promise<Result<void>> => {
  const view = await viewOf(name, options, terminal);
  if (!view.ok) return view;
  if (options.json === true) {
    const { gatewayKey, ...rest } = view.value;
    terminal.out(JSON.stringify({ ...rest, isBound: gatewayKey !== undefined }, null, 2));
  } else for (const line of dimoLines(view.value)) terminal.out(line);
  return ok(undefined);
};

/** The configured network with its settings, or a fault that says what is missing. */
const settled = async (name: string, options: WhereOptions, terminal: Terminal) => {
  const network = await configured(name, options, terminal);
  if (network === undefined) return wrong(name, 'is no network of the kind dimo in the configuration.');
  const { checkSettings } = await load();
  return checkSettings(network);
};

const wholeNumber = (text: string): number | undefined => (/^\d{1,4}$/.test(text) ? Number(text) : undefined);

const streak = async (name: string, options: StreakOptions, terminal: Terminal): Promise<Result<void>> => {
  const data = await placeOf(name, options, terminal);
  if (!data.ok) return data;
  const settings = await settled(name, options, terminal);
  if (!settings.ok) return settings;
  const { openWeeks, tokenDid } = await load();
  const { chain, vehicles } = settings.value;
  const vehicle = vehicles.get(options.vehicle);
  const [connected, disconnected] = [wholeNumber(options.weeks), wholeNumber(options.missed)];
  if (vehicle === undefined) return wrong('--vehicle', `${options.vehicle} is no vehicle of this network.`);
  if (connected === undefined || disconnected === undefined)
    return wrong('--weeks, --missed', 'must be whole numbers as the app shows them.');
  let problem: Fault | undefined;
  const weeks = await openWeeks(networkDirectory(data.value, name), (why) => {
    problem = why;
  });
  const did = tokenDid(chain.id, chain.vehicle, vehicle.token);
  const now = systemClock().wall();
  await weeks.begin(did, { connected, disconnected }, now);
  if (problem !== undefined) return fail(problem);
  for (const line of vehicleLines({ device: options.vehicle, did, ...weeks.forecast(did, now) }))
    terminal.out(line);
  return ok(undefined);
};

/** What this box has had attested, newest first. */
const statements = async (name: string, options: Options, terminal: Terminal): Promise<Result<void>> => {
  const data = await placeOf(name, options, terminal);
  if (!data.ok) return data;
  const { readTaken, readTakenBack } = await load();
  const directory = networkDirectory(data.value, name);
  const [taken, back] = [await readTaken(directory), new Set(await readTakenBack(directory))];
  const rows = taken.toReversed().map((each) => ({ ...each, takenBack: back.has(each.id) }));
  if (options.json === true) terminal.out(JSON.stringify(rows, null, 2));
  else for (const line of statementLines(rows)) terminal.out(line);
  return ok(undefined);
};

const takeBack = async (
  name: string,
  id: string,
  options: VoidOptions,
  terminal: Terminal,
): Promise<Result<void>> => {
  const data = await placeOf(name, options, terminal);
  if (!data.ok) return data;
  const settings = await settled(name, options, terminal);
  if (!settings.ok) return settings;
  const { sendTombstone } = await import('../networks/dimo/take-back.ts');
  const { vehicle, reason } = options;
  const directory = networkDirectory(data.value, name);
  const sent = await sendTombstone(
    settings.value,
    { directory, id, device: vehicle, reason, clock: systemClock() },
    terminal.signal,
  );
  if (!sent.ok) return sent;
  terminal.out(`${sent.value} is taken back; DIMO keeps both, and shows the tombstone.`);
  return ok(undefined);
};

/** `outpost network dimo …` */
export const dimoCommand = (terminal: Terminal, finish: (code: number) => void): Command => {
  const end = (result: Result<void>): void =>
    finish(result.ok ? EXIT.done : complain(terminal, result.fault));
  const below = (name: string, description: string): Command =>
    new Command(name)
      .description(description)
      .argument('[name]', 'of the network in the configuration', USUAL_NAME)
      .option('-c, --config <file>', 'the configuration')
      .option('-d, --data <directory>', 'the data directory, instead of a configuration');
  const streakCommand = below('streak', 'say what the app shows of a vehicle’s streak, to foretell from')
    .requiredOption('--vehicle <device>', 'as options.vehicles names it')
    .requiredOption('--weeks <count>', 'connected weeks')
    .option('--missed <count>', 'weeks missed in a row', '0')
    .action(async (name: string, options: StreakOptions) => end(await streak(name, options, terminal)));
  const voidCommand = new Command('void')
    .description('take back an attestation that was sent')
    .argument('<id>', 'of the attestation, or its first letters, as `statements` shows them')
    .argument('[name]', 'of the network in the configuration', USUAL_NAME)
    .option('--vehicle <device>', 'that it is about, where this box no longer knows it')
    .requiredOption('--reason <words>', 'at most 512 bytes')
    .option('-c, --config <file>', 'the configuration')
    .option('-d, --data <directory>', 'the data directory, instead of the configuration’s')
    .action(async (id: string, name: string, options: VoidOptions) =>
      end(await takeBack(name, id, options, terminal)),
    );
  return new Command('dimo')
    .description('the identity for DIMO, its certificate, and the week and streak of each vehicle')
    .addCommand(
      below('add', 'make the identity and bind it to this box; says what to do next').action(
        async (name: string, options: WhereOptions) => end(await add(name, options, terminal)),
      ),
    )
    .addCommand(
      below('show', 'the address, the certificate, and the week and streak of each vehicle')
        .option('--json', 'for scripts')
        .action(async (name: string, options: Options) => end(await show(name, options, terminal))),
    )
    .addCommand(streakCommand)
    .addCommand(
      below('statements', 'what was attested of the vehicles, and what of it was taken back')
        .option('--json', 'for scripts')
        .action(async (name: string, options: Options) => end(await statements(name, options, terminal))),
    )
    .addCommand(voidCommand);
};
