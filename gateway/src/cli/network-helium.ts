import {
  type Fault,
  fail,
  fault,
  isDeviceName,
  ok,
  type Result,
  toBase64,
  toHex,
} from '@outpost/schemas/words';
import { Command } from 'commander';
import { makeDataDirectory, networkDirectory } from '../data-directory.ts';
import { complain, EXIT, type Terminal } from './context.ts';
import { createWholeFile } from './new-file.ts';
import { dataDirectoryOf, type WhereOptions } from './where.ts';

interface Options extends WhereOptions {
  /** EUI of a gateway. */
  readonly gateway?: string;
  readonly network: string;
  readonly json?: boolean;
}

interface AddOptions extends Options {
  readonly owner: string;
  readonly payer?: string;
}

interface ExportOptions extends Options {
  readonly out: string;
}

const USUAL_NAME = 'helium';

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'helium.command', where, words));

/** Loaded when a command runs: curves and lists of names that no other command needs. */
const load = async () => {
  const [keys, files, names, onboarding] = await Promise.all([
    import('../networks/helium/keys.ts'),
    import('../networks/helium/gateway-keys.ts'),
    import('../networks/helium/animal-name.ts'),
    import('../networks/helium/onboarding.ts'),
  ]);
  return { ...keys, ...files, ...names, ...onboarding };
};

const placeOf = async ({ network, ...options }: Options, terminal: Terminal): Promise<Result<string>> => {
  if (!isDeviceName(network))
    return wrong(network, 'is no name of a network: 1 to 32 of a-z 0-9 - starting with a letter.');
  const data = await dataDirectoryOf(options, terminal);
  return data.ok ? ok(networkDirectory(data.value, network)) : data;
};

/** The gateway that is meant: as told, or the only one that has a key. */
const gatewayOf = async (place: string, told: string | undefined): Promise<Result<string>> => {
  const { gatewaysWithKeys, isEui } = await load();
  if (told !== undefined) {
    const eui = told.toLowerCase();
    return isEui(eui)
      ? ok(eui)
      : wrong(told, 'is no EUI of a gateway: 16 digits of hex, as outpost status shows it.');
  }
  const [only, ...others] = await gatewaysWithKeys(place);
  if (only !== undefined && others.length === 0) return ok(only);
  const words =
    only === undefined
      ? 'there is no key of a gateway yet; name the gateway with --gateway EUI, and it is made.'
      : `there are keys of ${others.length + 1} gateways; say which with --gateway EUI.`;
  return wrong(place, words);
};

const add = async (options: AddOptions, terminal: Terminal): Promise<Result<void>> => {
  const helium = await load();
  const owner = helium.readAccount(options.owner);
  if (!owner.ok) return owner;
  const payer = helium.readAccount(options.payer ?? options.owner);
  if (!payer.ok) return payer;
  const place = await placeOf(options, terminal);
  if (!place.ok) return place;
  const eui = await gatewayOf(place.value, options.gateway);
  if (!eui.ok) return eui;
  const pair = await helium.gatewayKey(place.value, eui.value);
  if (!pair.ok) return pair;
  const transaction = helium.addGatewayTransaction(helium.signerOf(pair.value), owner.value, payer.value);
  const address = helium.addressOf(pair.value);
  const view = {
    gateway: eui.value,
    name: helium.animalName(address),
    address,
    owner: helium.solanaAddressOf(owner.value) ?? helium.addressOf(owner.value),
    payer: helium.solanaAddressOf(payer.value) ?? helium.addressOf(payer.value),
    mode: 'dataonly',
    txn: toBase64(transaction),
  };
  if (options.json === true) terminal.out(JSON.stringify(view, undefined, 2));
  else {
    terminal.out(`gateway  ${view.gateway}, ${view.name}`);
    terminal.out(`address  ${view.address}`);
    terminal.out(`owner    ${view.owner}`);
    terminal.out(`payer    ${view.payer}`);
    terminal.out(view.txn);
    terminal.out(
      'Sign this in the wallet of the owner; joining costs 50,000 data credits ($0.50) and some SOL.',
    );
  }
  return ok(undefined);
};

const show = async (options: Options, terminal: Terminal): Promise<Result<void>> => {
  const helium = await load();
  const place = await placeOf(options, terminal);
  if (!place.ok) return place;
  const told = options.gateway === undefined ? undefined : await gatewayOf(place.value, options.gateway);
  if (told?.ok === false) return told;
  const euis = told === undefined ? await helium.gatewaysWithKeys(place.value) : [told.value];
  const views = [];
  for (const gateway of euis) {
    const pair = await helium.readKeyAt(helium.keyPathOf(place.value, gateway), true);
    if (!pair.ok) return pair;
    if (pair.value === undefined)
      return wrong(gateway, 'has no key here; its first frame makes one, or `import`.');
    const address = helium.addressOf(pair.value);
    const { kind, network } = pair.value;
    const name = helium.animalName(address);
    const solana = helium.solanaAddressOf(pair.value) ?? null;
    views.push({ gateway, name, address, key: toHex(helium.keyBytes(pair.value)), solana, kind, network });
  }
  if (options.json === true) terminal.out(JSON.stringify(views, undefined, 2));
  else if (views.length === 0)
    terminal.out('No gateway has a key for this network yet; its first frame makes one.');
  else
    for (const { gateway, name, address, key, solana, kind, network } of views) {
      terminal.out(`${gateway}  ${name}`);
      terminal.out(`  address  ${address} (${kind}, ${network})`);
      terminal.out(`  binary   ${key}`);
      if (solana !== null) terminal.out(`  solana   ${solana}`);
    }
  return ok(undefined);
};

const bringIn = async (file: string, options: Options, terminal: Terminal): Promise<Result<void>> => {
  const helium = await load();
  if (options.gateway === undefined) return wrong(file, 'needs --gateway EUI: whose key it is.');
  const place = await placeOf(options, terminal);
  if (!place.ok) return place;
  const eui = await gatewayOf(place.value, options.gateway);
  if (!eui.ok) return eui;
  const pair = await helium.readKeyAt(file, false);
  if (!pair.ok) return pair;
  if (pair.value === undefined) return wrong(file, 'is not there.');
  const data = await dataDirectoryOf(options, terminal);
  const made = data.ok ? await makeDataDirectory(data.value) : data;
  if (!made.ok) return made;
  const path = helium.keyPathOf(place.value, eui.value);
  const written = await helium.createKeyAt(place.value, path, pair.value);
  if (!written.ok) return written;
  const address = helium.addressOf(pair.value);
  terminal.out(`${eui.value} is ${helium.animalName(address)} from the next start on, ${address}.`);
  terminal.out('Two boxes must never run with one key: the router gives its stream to whoever came last.');
  return ok(undefined);
};

const bringOut = async (options: ExportOptions, terminal: Terminal): Promise<Result<void>> => {
  const helium = await load();
  const place = await placeOf(options, terminal);
  if (!place.ok) return place;
  const eui = await gatewayOf(place.value, options.gateway);
  if (!eui.ok) return eui;
  const pair = await helium.readKeyAt(helium.keyPathOf(place.value, eui.value), true);
  if (!pair.ok) return pair;
  if (pair.value === undefined) return wrong(eui.value, 'has no key here.');
  const written = await createWholeFile(options.out, helium.writeKeyFile(pair.value), 0o600);
  if (written.ok)
    terminal.out(
      `${options.out}: gateway_key.bin of ${eui.value}. Whoever has it is this gateway; keep it secret.`,
    );
  return written;
};

/** `outpost network helium …`: the keys of gateways towards Helium; works without any network. */
export const heliumCommand = (terminal: Terminal, finish: (code: number) => void): Command => {
  const end = (result: Result<void>): void => {
    const why: Fault | undefined = result.ok ? undefined : result.fault;
    finish(why === undefined ? EXIT.done : complain(terminal, why));
  };
  const below = (usage: string, description: string): Command =>
    new Command(usage)
      .description(description)
      .option('-g, --gateway <eui>', 'which gateway, by its EUI')
      .option('-n, --network <name>', 'of the network in the configuration', USUAL_NAME)
      .option('-c, --config <file>', 'the configuration')
      .option('-d, --data <directory>', 'the data directory, instead of a configuration');
  return new Command('helium')
    .description('the keys of gateways towards Helium: show, import, export, and the transaction to join')
    .addCommand(
      below('add', 'print the transaction by which a gateway joins, for the wallet to sign; offline')
        .requiredOption('--owner <address>', 'of the wallet, Solana’s or Helium’s')
        .option('--payer <address>', 'who pays for it; the owner where not said')
        .option('--json', 'for scripts')
        .action(async (options: AddOptions) => end(await add(options, terminal))),
    )
    .addCommand(
      below('show', 'each gateway’s name, address, public key and account')
        .option('--json', 'for scripts')
        .action(async (options: Options) => end(await show(options, terminal))),
    )
    .addCommand(
      below('import', 'take over the key of another gateway program; none that is here is overwritten')
        .argument('<file>', 'gateway_key.bin')
        .action(async (file: string, options: Options) => end(await bringIn(file, options, terminal))),
    )
    .addCommand(
      below('export', 'write a gateway’s key as other programs read it')
        .requiredOption('-o, --out <file>', 'the file to write; it must not be there yet')
        .action(async (options: ExportOptions) => end(await bringOut(options, terminal))),
    );
};
