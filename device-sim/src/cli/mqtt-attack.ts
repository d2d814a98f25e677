import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { systemClock } from '@outpost/firmware-bridge';
import { EXIT_MISCONFIGURED, fail, fault, ok, type Result, sentence } from '@outpost/schemas/words';
import { Command } from 'commander';
import { type AttackTarget, CONNECTIONS_MAX, type Finding, SECONDS_MAX } from '../mqtt/attacks/contract.ts';
import { ATTACKS } from '../mqtt/attacks/index.ts';
import type { SimTerminal } from './car.ts';
import { credentialsOf, numberOf } from './fleet.ts';

/** As commander hands them over. */
export interface AttackOptions {
  readonly mqtt?: string;
  readonly kind?: string;
  readonly credentials?: string;
  readonly clientId?: string;
  readonly topic?: string;
  readonly payload?: string;
  readonly count: string;
  readonly seconds: string;
  readonly json?: boolean;
}

const KINDS = Object.keys(ATTACKS).join(', ');
const PORT = 1883;

const misconfigured = (option: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'sim.option', option, words));

/** RFC 1918, RFC 3927, RFC 4193, RFC 6762 and loopback: what stands in the attacker's own house. */
const PRIVATE = /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd]|fe80:)/i;

const isOwn = (host: string): boolean =>
  isIP(host) === 0 ? host === 'localhost' || host.endsWith('.local') : PRIVATE.test(host);

const placeOf = (text: string | undefined): Result<Pick<AttackTarget, 'host' | 'port'>> => {
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== 'mqtt:' || url.hostname === '' || url.username !== '') {
    return misconfigured('--mqtt', 'must be the address of a broker, such as mqtt://127.0.0.1:1883.');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isOwn(host)
    ? ok({ host, port: url.port === '' ? PORT : Number(url.port) })
    : misconfigured('--mqtt', 'must be in a private network: attack only what is yours.');
};

const targetOf = async (options: AttackOptions): Promise<Result<AttackTarget>> => {
  const place = placeOf(options.mqtt);
  if (!place.ok) return place;
  const credentials = await credentialsOf(options.credentials);
  if (!credentials.ok) return credentials;
  const account =
    credentials.value === undefined
      ? undefined
      : { user: credentials.value.username, password: credentials.value.password };
  let payload: Uint8Array = new TextEncoder().encode('0');
  try {
    if (options.payload !== undefined) payload = await readFile(options.payload);
  } catch {
    return misconfigured('--payload', `${options.payload} cannot be read.`);
  }
  const topic = options.topic ?? `devices/${account?.user ?? 'attacker'}/attack`;
  return ok({ ...place.value, account, clientId: options.clientId, topic, payload });
};

const wordsOf = ({ what, holds, saw }: Finding): string =>
  `${holds ? 'holds' : 'DOES NOT HOLD'}: ${what} (${saw}).`;

/** Resolves with the exit code: 1 where the broker did not withstand. */
export const runAttackCommand = async (options: AttackOptions, terminal: SimTerminal): Promise<number> => {
  const attack = Object.hasOwn(ATTACKS, options.kind ?? '') ? ATTACKS[options.kind ?? ''] : undefined;
  const [target, count, seconds] = [
    await targetOf(options),
    numberOf('--count', options.count, 1, CONNECTIONS_MAX, true),
    numberOf('--seconds', options.seconds, 1, SECONDS_MAX, true),
  ];
  const wrong = [
    attack === undefined ? misconfigured('--kind', `must be one of ${KINDS}.`) : undefined,
    target,
    count,
    seconds,
    attack?.needsAccount === true && target.ok && target.value.account === undefined
      ? misconfigured('--credentials', `is needed: ${options.kind} is tried by somebody who has an account.`)
      : undefined,
  ].find((each) => each?.ok === false);
  if (wrong?.ok === false || attack === undefined || !target.ok || !count.ok || !seconds.ok) {
    if (wrong?.ok === false) terminal.err(sentence(wrong.fault));
    return EXIT_MISCONFIGURED;
  }
  const findings = await attack.run({
    target: target.value,
    count: count.value,
    seconds: seconds.value,
    clock: systemClock(),
    signal: terminal.signal,
  });
  if (options.json === true) terminal.out(JSON.stringify({ kind: options.kind, findings }));
  else for (const finding of findings) terminal.out(wordsOf(finding));
  return findings.every(({ holds }) => holds) ? 0 : 1;
};

/** `outpost-sim mqtt-attack`. */
export const mqttAttackCommand = (terminal: SimTerminal, finish: (code: number) => void): Command =>
  new Command('mqtt-attack')
    .description('Tries what a hostile client would at a broker of your own, and says whether it withstands')
    .option('--mqtt <url>', 'the broker, in a private network: mqtt://127.0.0.1:1883')
    .option(
      '--kind <kind>',
      Object.entries(ATTACKS)
        .map(([kind, { description }]) => `${kind}: ${description}`)
        .join('; '),
    )
    .option('--credentials <file>', 'of an enrolled device, as {"user": "…", "password": "…"}')
    .option('--client-id <id>', 'that the device must use; its name where not given')
    .option('--topic <topic>', 'of the device itself, for replay and flood')
    .option('--payload <file>', 'what is replayed and flooded with')
    .option('--count <n>', 'connections at the same time, or copies', '16')
    .option('--seconds <n>', 'how long at most', '15')
    .option('--json', 'for scripts')
    .action(async (options: AttackOptions) => finish(await runAttackCommand(options, terminal)));
