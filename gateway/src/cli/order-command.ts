import type { OrderOutcome } from '@outpost/schemas/words';
import { Command } from 'commander';
import { readOrderRequest } from '../control/order-request.ts';
import { askControl } from '../control/socket.ts';
import { complain, EXIT, type Terminal } from './context.ts';
import { dataDirectoryOf, type WhereOptions } from './where.ts';

const WAIT_S = 30;
const WAIT_MAX_S = 3_600;

export interface OrderOptions extends WhereOptions {
  readonly item?: readonly string[];
  readonly json?: boolean;
  readonly wait?: string;
}

type Shape = (rest: readonly string[], items: readonly unknown[]) => Readonly<Record<string, unknown>>;

/** What stands after each kind of order on the command line. */
const SHAPES: Readonly<Record<string, { readonly rest: readonly string[]; readonly shape: Shape }>> = {
  approve: { rest: ['EUI'], shape: ([gateway]) => ({ gateway }) },
  forbid: { rest: ['EUI'], shape: ([gateway]) => ({ gateway }) },
  downlink: { rest: ['EUI'], shape: ([gateway], items) => ({ gateway, items }) },
  beacon: { rest: ['EUI'], shape: ([gateway], items) => ({ gateway, items }) },
  output: { rest: ['OUTPUT', 'VALUE'], shape: ([output, value]) => ({ output, value: Number(value) }) },
  restart: { rest: [], shape: () => ({}) },
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** The request that a command line means; a text is what is wrong with it. */
const requestOf = (
  device: string | undefined,
  kind: string,
  rest: readonly string[],
  items: readonly string[],
): string | Readonly<Record<string, unknown>> => {
  const known = SHAPES[kind];
  if (known === undefined) return `there is no order "${kind}"; there are ${Object.keys(SHAPES).join(', ')}.`;
  if (rest.length !== known.rest.length) {
    const usage = ['outpost order DEVICE', kind, ...known.rest].join(' ');
    return `that order is written ${usage}.`;
  }
  const named = device === undefined ? {} : { device };
  return { ...named, kind, ...known.shape(rest, items.map(jsonOf)) };
};

/**
 * Gives an order to the running gateway and says how it ended; returns the exit code. `device` undefined: the only one
 * that takes such an order.
 */
export const giveOrder = async (
  terminal: Terminal,
  options: OrderOptions,
  order: { readonly device: string | undefined; readonly kind: string; readonly rest: readonly string[] },
): Promise<number> => {
  const waitS = options.wait === undefined ? WAIT_S : Number(options.wait);
  const request = requestOf(order.device, order.kind, order.rest, options.item ?? []);
  if (typeof request === 'string' || !(waitS >= 1 && waitS <= WAIT_MAX_S)) {
    terminal.err(typeof request === 'string' ? request : `--wait takes 1 to ${WAIT_MAX_S} seconds.`);
    return EXIT.misconfigured;
  }
  const checked = readOrderRequest(request);
  if (!checked.ok) {
    terminal.err(checked.fault.words);
    return EXIT.misconfigured;
  }
  const directory = await dataDirectoryOf(options, terminal);
  if (!directory.ok) return complain(terminal, directory.fault);
  const answer = await askControl(directory.value, '/order', waitS * 1_000, JSON.stringify(request));
  if (!answer.ok) return complain(terminal, answer.fault);
  const outcome = JSON.parse(answer.value) as OrderOutcome;
  if (options.json === true) terminal.out(answer.value);
  else if (outcome.kind === 'done') terminal.out(outcome.words);
  else terminal.err(`refused (${outcome.code}): ${outcome.words}`);
  return outcome.kind === 'done' ? EXIT.done : EXIT.failed;
};

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `outpost devices approve EUI`, and `forbid`: the order without the device's name where only one takes it. */
export const gatewayOrderCommand =
  (kind: 'approve' | 'forbid', description: string) =>
  (terminal: Terminal, finish: (code: number) => void): Command =>
    new Command(kind)
      .description(description)
      .argument('<eui>', 'the LoRa gateway, 16 hex digits, as `outpost status` shows it')
      .option('--device <name>', 'which device of the configuration, where several take LoRa gateways')
      .option('-c, --config <file>', 'the configuration file')
      .option('-d, --data <directory>', "the gateway's data directory, instead of a configuration")
      .option('--json', 'for scripts: the outcome as one JSON object')
      .action(async (eui: string, options: OrderOptions & { readonly device?: string }) =>
        finish(await giveOrder(terminal, options, { device: options.device, kind, rest: [eui] })),
      );

/** `outpost order`: exit code 0 where it was done, 1 where it was refused or nobody answered. */
export const orderCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('order')
    .description('tells a device of the running gateway to do something, and says how that ended')
    .argument('<device>', 'its name in the configuration')
    .argument('<kind>', Object.keys(SHAPES).join(', '))
    .argument('[rest...]', 'approve EUI, forbid EUI, output NAME VALUE, downlink EUI')
    .option('-c, --config <file>', 'the configuration file')
    .option('-d, --data <directory>', "the gateway's data directory, instead of a configuration")
    .option('--item <json>', 'one way to send a downlink; again for each alternative, best first', collect)
    .option('--wait <seconds>', 'how long to wait for the outcome', String(WAIT_S))
    .option('--json', 'for scripts: the outcome as one JSON object')
    .addHelpText(
      'after',
      '\nExample of an item:\n  {"phy":"60…","frequencyHz":869525000,"powerDbm":14,' +
        '"modulation":{"kind":"lora","spreadingFactor":9,"bandwidthHz":125000}}',
    )
    .action(async (device: string, kind: string, rest: readonly string[], options: OrderOptions) =>
      finish(await giveOrder(terminal, options, { device, kind, rest })),
    );
