import { readFile } from 'node:fs/promises';
import { systemClock } from '@outpost/firmware-bridge';
import type { RevocationReason } from '@outpost/schemas/evidence';
import { type Fault, fail, fault, ok, type Result, toHex } from '@outpost/schemas/words';
import { Command } from 'commander';
import { keysDirectory, makeDataDirectory, networksDirectory } from '../data-directory.ts';
import {
  exportKeys,
  importKeys,
  type KeyEntry,
  type KeyName,
  type KeyRing,
  keyText,
  openKeyRing,
  parseKeyName,
  shortKeyText,
} from '../keys/index.ts';
import { complain, EXIT, type Terminal } from './context.ts';
import { createWholeFile } from './new-file.ts';
import { headsOf, lockedData } from './offline.ts';
import { dataDirectoryOf, type WhereOptions } from './where.ts';

type Finish = (code: number) => void;
type Act<O extends WhereOptions> = (directory: string, options: O) => Promise<Result<void>>;

const BACKUP_MAX_BYTES = 8 << 20;
const PASSPHRASE_ENV = 'OUTPOST_PASSPHRASE';

const misconfigured = (code: string, where: string, words: string): Fault =>
  fault('misconfigured', code, where, words);

/** From the environment for scripts, else asked for on the terminal; never an argument, which others could see. */
const passphrase = async (terminal: Terminal, twice: boolean): Promise<Result<string>> => {
  const given = terminal.env[PASSPHRASE_ENV];
  if (given !== undefined) return ok(given);
  const first = await terminal.secret('Passphrase: ');
  if (first === undefined) {
    return fail(
      misconfigured('keys.passphrase', 'passphrase', `nobody is there to ask; set ${PASSPHRASE_ENV}.`),
    );
  }
  if (twice && (await terminal.secret('Once more: ')) !== first) {
    return fail(
      misconfigured('keys.passphrase', 'passphrase', 'the two are not the same; nothing was written.'),
    );
  }
  return ok(first);
};

const keyName = (text: string): Result<KeyName> => {
  const name = parseKeyName(text) ?? parseKeyName(`device-${text}`);
  return name === undefined
    ? fail(misconfigured('keys.name', text, 'is no key; write gateway, or device- and the name of a device.'))
    : ok(name);
};

const readRing = (directory: string): Promise<Result<KeyRing>> =>
  openKeyRing({ directory: keysDirectory(directory), kind: 'file', clock: systemClock(), readOnly: true });

const entryJson = ({ name, publicKey, kind, state, uri, since }: KeyEntry) => ({
  name,
  publicKey: keyText(publicKey),
  kind,
  state,
  uri,
  since: since === undefined ? null : new Date(Number(since / 1_000_000n)).toISOString(),
});

const list =
  (terminal: Terminal): Act<WhereOptions & { json?: boolean }> =>
  async (directory, { json }) => {
    const ring = await readRing(directory);
    if (!ring.ok) return ring;
    const entries = ring.value.list();
    if (json === true) terminal.out(JSON.stringify(entries.map(entryJson), null, 2));
    else
      for (const { name, publicKey, kind, state } of entries)
        terminal.out(
          `${(name ?? '(replaced)').padEnd(20)} ${state.padEnd(8)} ${kind.padEnd(5)} ${shortKeyText(publicKey)}`,
        );
    return ok(undefined);
  };

const show =
  (terminal: Terminal, name: string): Act<WhereOptions> =>
  async (directory) => {
    const ring = await readRing(directory);
    if (!ring.ok) return ring;
    const wanted = keyName(name);
    if (!wanted.ok) return wanted;
    const entry = ring.value.list().find((each) => each.name === wanted.value);
    if (entry === undefined) {
      return fail(
        misconfigured(
          'keys.none',
          wanted.value,
          'there is no such key on this box; `outpost keys list` shows all.',
        ),
      );
    }
    terminal.out(keyText(entry.publicKey));
    return ok(undefined);
  };

const backUp =
  (terminal: Terminal): Act<WhereOptions & { out: string }> =>
  async (directory, { out }) => {
    const secret = await passphrase(terminal, true);
    if (!secret.ok) return secret;
    const heads = await headsOf(directory);
    if (!heads.ok) return heads;
    const parts = {
      directory: keysDirectory(directory),
      networksDirectory: networksDirectory(directory),
      passphrase: secret.value,
      heads: heads.value,
    };
    const sealed = await exportKeys(parts);
    if (!sealed.ok) return sealed;
    const written = await createWholeFile(out, sealed.value, 0o600);
    if (written.ok)
      terminal.out(
        `${out}: ${sealed.value.length} bytes, encrypted. Without the passphrase it is worth nothing.`,
      );
    return written;
  };

const readBackup = async (file: string): Promise<Result<Uint8Array>> => {
  try {
    const bytes = new Uint8Array(await readFile(file));
    if (bytes.length <= BACKUP_MAX_BYTES) return ok(bytes);
    return fail(misconfigured('keys.backup', file, 'is too long for a backup of keys.'));
  } catch (error) {
    return fail(misconfigured('keys.backup', file, `cannot be read: ${(error as Error).message}.`));
  }
};

const restore =
  (terminal: Terminal, file: string): Act<WhereOptions> =>
  async (directory) => {
    const sealed = await readBackup(file);
    if (!sealed.ok) return sealed;
    const secret = await passphrase(terminal, false);
    if (!secret.ok) return secret;
    const made = await makeDataDirectory(directory);
    if (!made.ok) return made;
    return await lockedData(directory, async () => {
      const parts = {
        directory: keysDirectory(directory),
        networksDirectory: networksDirectory(directory),
        passphrase: secret.value,
        sealed: sealed.value,
        where: file,
      };
      const imported = await importKeys(parts);
      if (!imported.ok) return imported;
      const added = [...imported.value.added, ...imported.value.addedOfNetworks];
      terminal.out(
        added.length === 0 ? 'All of these keys were here already.' : `Imported: ${added.join(', ')}.`,
      );
      terminal.out('The next start opens new epochs that say so. Two boxes must never run with one key.');
      return ok(undefined);
    });
  };

const change = async <T>(directory: string, act: (ring: KeyRing) => Promise<Result<T>>): Promise<Result<T>> =>
  await lockedData(directory, async () => {
    const seen = await readRing(directory);
    if (!seen.ok) return seen;
    const ring = await openKeyRing({
      directory: keysDirectory(directory),
      kind: seen.value.kind,
      clock: systemClock(),
    });
    return ring.ok ? await act(ring.value) : ring;
  });

const rotate =
  (terminal: Terminal, text: string): Act<WhereOptions> =>
  async (directory) => {
    const name = keyName(text);
    if (!name.ok) return name;
    const changed = await change(directory, (ring) => ring.rotate(name.value));
    if (!changed.ok) return changed;
    terminal.out(`${name.value}: ${keyText(changed.value.key.publicKey)}`);
    terminal.out('Old and new key have signed each other; what the old one signed stays good.');
    return ok(undefined);
  };

const REASONS: readonly RevocationReason[] = ['retired', 'lost', 'compromised'];

const revoke =
  (terminal: Terminal, text: string): Act<WhereOptions & { reason: string; words: string }> =>
  async (directory, options) => {
    const name = keyName(text);
    if (!name.ok) return name;
    const reason = REASONS.find((each) => each === options.reason);
    if (reason === undefined) {
      return fail(
        misconfigured('keys.reason', options.reason, `is no reason; write one of ${REASONS.join(', ')}.`),
      );
    }
    const revoked = await change(directory, (ring) => ring.revoke(name.value, reason, options.words));
    if (!revoked.ok) return revoked;
    for (const record of revoked.value)
      terminal.out(`revoked ${name.value}: record ${toHex(record.subarray(-8))}`);
    return ok(undefined);
  };

/** `outpost keys …`: the identities of this box. Secrets are never printed. */
export const keysCommand = (terminal: Terminal, finish: Finish): Command => {
  const keys = new Command('keys').description('the identities of this box');
  const sub = (usage: string, description: string): Command =>
    keys
      .command(usage)
      .description(description)
      .option('-c, --config <file>', 'the configuration file')
      .option('-d, --data <directory>', 'the data directory, instead of a configuration');
  const acting = async <O extends WhereOptions>(options: O, act: Act<O>): Promise<void> => {
    const directory = await dataDirectoryOf(options, terminal);
    const done = directory.ok ? await act(directory.value, options) : directory;
    finish(done.ok ? EXIT.done : complain(terminal, done.fault));
  };
  sub('list', 'every key, with its state')
    .option('--json', 'for scripts')
    .action((options) => acting(options, list(terminal)));
  sub('show [name]', 'the public key in full: gateway (the default) or device-NAME').action(
    (name: string | undefined, options) => acting(options, show(terminal, name ?? 'gateway')),
  );
  sub('export', 'all keys, those of networks too, into a file that only a passphrase opens')
    .requiredOption('-o, --out <file>', 'the file to write; it must not be there yet')
    .action((options) => acting(options, backUp(terminal)));
  sub('import <file>', 'keys from such a file; none that is here is overwritten').action(
    (file: string, options) => acting(options, restore(terminal, file)),
  );
  sub('rotate <name>', 'a new key in the place of the old, signed by both').action((name: string, options) =>
    acting(options, rotate(terminal, name)),
  );
  sub('revoke <name>', 'says that a key is to be believed no longer')
    .requiredOption('--reason <reason>', REASONS.join(', '))
    .option('--words <text>', 'why, for people', '')
    .action((name: string, options) => acting(options, revoke(terminal, name)));
  return keys;
};
