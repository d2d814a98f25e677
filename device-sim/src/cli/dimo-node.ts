import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { dimoWire, issuePair, type KeyAndCertificate, newAuthority } from '@outpost/gateway';
import {
  EXIT_MISCONFIGURED,
  type Fault,
  fail,
  fault,
  ok,
  type Result,
  sentence,
} from '@outpost/schemas/words';
import { Command } from 'commander';
import { type DimoNodeStatus, serveDimoNode } from '../dimo/index.ts';
import type { SimTerminal } from './car.ts';
import { readNetworkFaults, untilAborted } from './network.ts';

/** As commander hands them over. */
export interface DimoNodeCommandOptions {
  readonly listen: string;
  readonly state: string;
  readonly node: string;
  readonly chain: string;
  readonly licence: string;
  readonly gzip?: boolean;
  readonly rate?: string;
  readonly faults?: string;
}

const misconfigured = (option: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'sim.option', option, words));

/** The files of the authority, and of the certificate that DIMO's staff would hand out. */
const FILES = {
  root: 'authority.pem',
  rootKey: 'authority-key.pem',
  licence: 'licence.pem',
  licenceKey: 'licence-key.pem',
} as const;

const readPair = async (certificate: string, key: string): Promise<KeyAndCertificate | undefined> => {
  try {
    return { certificate: await readFile(certificate, 'utf8'), key: await readFile(key, 'utf8') };
  } catch {
    return undefined;
  }
};

const writePair = async (certificate: string, key: string, pair: KeyAndCertificate): Promise<void> => {
  await writeFile(certificate, pair.certificate);
  await writeFile(key, pair.key, { mode: 0o600 });
};

/** An authority of its own in the directory, made where there is none, and a certificate for that address. */
const authorityIn = async (directory: string, licence: string): Promise<Result<KeyAndCertificate>> => {
  try {
    return ok(await makeAuthority(directory, licence));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return misconfigured('--state', `${directory} cannot be made or written (${code}).`);
  }
};

const makeAuthority = async (directory: string, licence: string): Promise<KeyAndCertificate> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const at = (name: keyof typeof FILES): string => join(directory, FILES[name]);
  const found = await readPair(at('root'), at('rootKey'));
  const root = found ?? (await newAuthority());
  if (found === undefined) await writePair(at('root'), at('rootKey'), root);
  await writePair(at('licence'), at('licenceKey'), await issuePair(root, { kind: 'device', name: licence }));
  return root;
};

interface Checked {
  readonly host: string;
  readonly port: number;
  readonly node: dimoWire.NodeKind;
  readonly chain: dimoWire.Chain;
  readonly licence: string;
  readonly perSecondMax: number | undefined;
}

const check = ({ listen, node, chain, licence, rate }: DimoNodeCommandOptions): Result<Checked> => {
  const match = /^(127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1\]):(\d{1,5})$/.exec(listen);
  if (match === null)
    return misconfigured('--listen', 'must be like 127.0.0.1:35200; the two ports after it are taken too.');
  if (node !== 'din' && node !== 'dis') return misconfigured('--node', 'must be din or dis.');
  if (chain !== 'polygon' && chain !== 'amoy') return misconfigured('--chain', 'must be polygon or amoy.');
  const address = dimoWire.checksummed(licence);
  if (address === undefined) return misconfigured('--licence', 'must be 0x and 40 hex digits.');
  if (rate !== undefined && !/^[1-9]\d{0,5}$/.test(rate))
    return misconfigured('--rate', 'must be a whole number from 1 on.');
  const [, host = '', port = '0'] = match;
  return ok({
    host: host.replace(/[[\]]/g, ''),
    port: Number(port),
    node,
    chain: dimoWire.CHAINS[chain],
    licence: address,
    perSecondMax: rate === undefined ? undefined : Number(rate),
  });
};

const summary = ({ stored, signals, repeated, dropped, answers }: DimoNodeStatus): string => {
  const codes = Object.entries(answers).map(([code, count]) => `${count} × ${code}`);
  return `${stored} events stored with ${signals} signals, ${repeated} repeated, ${dropped} signals dropped; answers: ${codes.join(', ')}`;
};

/** Runs until Ctrl-C; resolves with the exit code. */
export const runDimoNode = async (
  options: DimoNodeCommandOptions,
  terminal: SimTerminal,
): Promise<number> => {
  const complain = (why: Fault): number => {
    terminal.err(sentence(why));
    return why.kind === 'misconfigured' ? EXIT_MISCONFIGURED : 1;
  };
  const checked = check(options);
  if (!checked.ok) return complain(checked.fault);
  const faults = await readNetworkFaults(options.faults);
  if (!faults.ok) return complain(faults.fault);
  const { host, port, node, chain, licence, perSecondMax } = checked.value;
  const root = await authorityIn(options.state, licence);
  if (!root.ok) return complain(root.fault);
  const served = await serveDimoNode({
    node,
    chain,
    host,
    ports: port === 0 ? [0, 0, 0] : [port, port + 1, port + 2],
    root: root.value,
    clock: systemClock(),
    faults: faults.value,
    gzip: options.gzip === true,
    ...(perSecondMax === undefined ? {} : { perSecondMax }),
  });
  if (!served.ok) return complain(served.fault);
  await using running = served.value;
  terminal.out(
    `simulated DIMO (${node}): status ${running.statusUrl}, attestations ${running.attestationUrl}`,
  );
  terminal.out(`login, authority and GET /v1/status: ${running.loginUrl}; files in ${options.state}`);
  await untilAborted(terminal.signal);
  terminal.out(`simulated DIMO ended: ${summary(running.status())}`);
  return 0;
};

/** `outpost-sim dimo-node`: an ingest of DIMO, its login and its authority. */
export const dimoNodeCommand = (terminal: SimTerminal, finish: (code: number) => void): Command =>
  new Command('dimo-node')
    .description(
      'an ingest of DIMO that takes and refuses as the real one does, with its login and authority',
    )
    .option(
      '-l, --listen <host:port>',
      'status port; the next two are attestations and login; 0 takes free ones',
      '127.0.0.1:35200',
    )
    .requiredOption(
      '-s, --state <directory>',
      'its authority, and a certificate to come with; made where it is not there',
    )
    .option('-n, --node <kind>', 'din, the newer one, or dis, the older', 'din')
    .option('--chain <name>', 'polygon or amoy', 'polygon')
    .option(
      '--licence <address>',
      'whom the certificate is for',
      '0x0000000000000000000000000000000000000001',
    )
    .option('--gzip', 'take compressed bodies, which DIMO’s own do not')
    .option('--rate <number>', 'requests a second of one sender; more are answered with 429')
    .option(
      '-f, --faults <file>',
      'a script of mishaps: [{"what": "refuse", "item": 3}, {"what": "busy", "atMs": 5000}]',
    )
    .action(async (options: DimoNodeCommandOptions) => finish(await runDimoNode(options, terminal)));
