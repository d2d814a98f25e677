import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fault, ok, type Result } from '@outpost/schemas/words';
import { Command } from 'commander';
import {
  DEVICE_KINDS,
  type Enrolled,
  type EnrolRequest,
  enrol,
  enrolmentUrl,
  forScripts,
  reachOf,
  readEnrolments,
  revoke,
} from '../broker/index.ts';
import { makeDataDirectory } from '../data-directory.ts';
import { complain, EXIT, loadConfig, type Terminal } from './context.ts';
import { enrolledLines, enrolmentLines, listLines } from './devices-text.ts';
import { readWholeText } from './file-text.ts';
import { createWholeFile } from './new-file.ts';
import { gatewayOrderCommand } from './order-command.ts';
import { dataDirectoryOf, type WhereOptions } from './where.ts';

type Finish = (code: number) => void;
type Make = (terminal: Terminal, finish: Finish) => Command;

interface AddOptions extends WhereOptions {
  readonly kind: string;
  readonly topic: readonly string[];
  readonly reads: readonly string[];
  readonly clientId?: string;
  readonly anyClientId?: boolean;
  readonly certificate?: boolean;
  readonly request?: string;
  readonly out: string;
  readonly json?: boolean;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const whereOptions = (command: Command): Command =>
  command
    .option('-c, --config <file>', 'the configuration file')
    .option('-d, --data <directory>', "the data directory, in place of the configuration's");

const proofOf = async ({ certificate, request }: AddOptions): Promise<Result<EnrolRequest['proof']>> => {
  if (request === undefined) return ok({ kind: certificate === true ? 'certificate' : 'password' });
  const text = await readWholeText(request);
  return text.ok ? ok({ kind: 'request', pem: text.value, where: request }) : text;
};

/** Writes what a device needs beside its name; the key for its owner's eyes only. Nothing is overwritten. */
const writeBundle = async (
  { enrolment, certificate }: Enrolled,
  out: string,
): Promise<Result<readonly string[]>> => {
  if (certificate === undefined) return ok([]);
  const { name } = enrolment;
  const files: string[] = [];
  await mkdir(out, { recursive: true });
  for (const [path, text, mode] of [
    [join(out, `${name}.key`), certificate.key, 0o600],
    [join(out, `${name}.crt`), certificate.certificate, 0o644],
    [join(out, `${name}-authority.crt`), certificate.authority, 0o644],
  ] as const) {
    if (text === undefined) continue;
    const written = await createWholeFile(path, new TextEncoder().encode(text), mode);
    if (!written.ok) return written;
    files.push(path);
  }
  return ok(files);
};

const addJson = (enrolled: Enrolled, url: string | undefined, files: readonly string[]): string => {
  const { password, certificate } = enrolled;
  const secret = password === undefined ? { files, certificate: certificate?.certificate } : { password };
  return JSON.stringify({ server: url, ...forScripts(enrolled.enrolment), ...secret }, null, 2);
};

const add = async (name: string, options: AddOptions, terminal: Terminal): Promise<Result<void>> => {
  const directory = await dataDirectoryOf(options, terminal);
  if (!directory.ok) return directory;
  const made = await makeDataDirectory(directory.value);
  if (!made.ok) return made;
  const proof = await proofOf(options);
  if (!proof.ok) return proof;
  const enrolled = await enrol(directory.value, {
    name,
    kind: options.kind,
    topics: options.topic,
    reads: options.reads,
    clientId: options.anyClientId === true ? null : options.clientId,
    proof: proof.value,
  });
  if (!enrolled.ok) return enrolled;
  const files = await writeBundle(enrolled.value, options.out);
  if (!files.ok) {
    await revoke(directory.value, name);
    return files;
  }
  const loaded = await loadConfig(options.config, terminal.env);
  const broker = loaded.ok ? loaded.value.config.broker : null;
  const reach = reachOf(broker, hostname(), enrolled.value.certificate !== undefined);
  if (options.json === true) {
    terminal.out(addJson(enrolled.value, reach.url, files.value));
    return ok(undefined);
  }
  for (const line of enrolledLines(enrolled.value, reach, files.value)) terminal.out(line);
  const url = enrolmentUrl(enrolled.value, reach);
  if (url !== undefined) terminal.out((await import('./qr-text.ts')).qrText(url));
  return ok(undefined);
};

const addCommand: Make = (terminal, finish) =>
  whereOptions(new Command('add'))
    .description('let a device speak to the broker, and print what to type into it')
    .argument('<name>', 'what it is called in the configuration, and the user that it logs in as')
    .option(
      '-k, --kind <kind>',
      DEVICE_KINDS.map((kind) => `${kind.name}: ${kind.words}`).join('; '),
      'plain',
    )
    .option(
      '-t, --topic <filter>',
      'topics that it speaks on, in place of those of its kind; may be repeated',
      collect,
      [],
    )
    .option('-r, --reads <filter>', 'topics that it may listen to besides; may be repeated', collect, [])
    .option('--client-id <id>', 'its MQTT client identifier, in place of the name')
    .option('--any-client-id', 'its firmware makes up its client identifier')
    .option('--certificate', 'a key of P-256 and a certificate in place of a password')
    .option('--request <file>', 'a certificate for the key of this request (PKCS #10, P-256 or Ed25519)')
    .option('-o, --out <directory>', 'where key and certificates are written', '.')
    .option('--json', 'for scripts')
    .action(async (name: string, options: AddOptions) => {
      const added = await add(name, options, terminal);
      return finish(added.ok ? EXIT.done : complain(terminal, added.fault));
    });

const enrolledIn = async (options: WhereOptions, terminal: Terminal) => {
  const directory = await dataDirectoryOf(options, terminal);
  return directory.ok ? await readEnrolments(directory.value) : directory;
};

const listCommand: Make = (terminal, finish) =>
  whereOptions(new Command('list'))
    .description('who may speak to the broker')
    .option('--json', 'for scripts')
    .action(async (options: WhereOptions & { readonly json?: boolean }) => {
      const read = await enrolledIn(options, terminal);
      if (!read.ok) return finish(complain(terminal, read.fault));
      const all = [...read.value.values()];
      if (options.json === true) terminal.out(JSON.stringify(all.map(forScripts), null, 2));
      else for (const line of listLines(all)) terminal.out(line);
      return finish(EXIT.done);
    });

const showCommand: Make = (terminal, finish) =>
  whereOptions(new Command('show'))
    .description('what one device may do; its password is known to nobody but the device')
    .argument('<name>', 'as `outpost devices list` shows it')
    .option('--json', 'for scripts')
    .action(async (name: string, options: WhereOptions & { readonly json?: boolean }) => {
      const read = await enrolledIn(options, terminal);
      if (!read.ok) return finish(complain(terminal, read.fault));
      const found = read.value.get(name);
      if (found === undefined) {
        const words = 'is not enrolled; see `outpost devices list`.';
        return finish(complain(terminal, fault('misconfigured', 'devices.unknown', `device ${name}`, words)));
      }
      if (options.json === true) terminal.out(JSON.stringify(forScripts(found), null, 2));
      else for (const line of enrolmentLines(found)) terminal.out(line);
      return finish(EXIT.done);
    });

const revokeCommand: Make = (terminal, finish) =>
  whereOptions(new Command('revoke'))
    .description('let a device in no more; where it is connected, that ends at once')
    .argument('<name>', 'as `outpost devices list` shows it')
    .action(async (name: string, options: WhereOptions) => {
      const directory = await dataDirectoryOf(options, terminal);
      const revoked = directory.ok ? await revoke(directory.value, name) : directory;
      if (!revoked.ok) return finish(complain(terminal, revoked.fault));
      terminal.out(`${name} is let in no more.`);
      return finish(EXIT.done);
    });

const approveCommand = gatewayOrderCommand('approve', 'let a LoRa gateway speak, from where it speaks now');
const forbidCommand = gatewayOrderCommand('forbid', 'let a LoRa gateway speak no more');

/**
 * `outpost devices …`: who may speak: to the MQTT broker, beside a gateway that runs and without one, and to a device
 * of the running gateway that has gateways of its own.
 */
export const devicesCommand: Make = (terminal, finish) => {
  const command = new Command('devices').description(
    'enrol devices at the MQTT broker, list and revoke them; approve and forbid LoRa gateways',
  );
  for (const make of [addCommand, listCommand, showCommand, revokeCommand, approveCommand, forbidCommand]) {
    command.addCommand(make(terminal, finish));
  }
  return command;
};
