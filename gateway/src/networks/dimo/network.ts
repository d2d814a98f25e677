import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import type {
  Delivery,
  Network,
  NetworkContext,
  NetworkKind,
  NetworkSettings,
  Outcome,
} from '../contract.ts';
import { readAuthority } from './authority-file.ts';
import { openCertificates } from './certificate.ts';
import { eventText } from './codec.ts';
import { boundGateway, readDimoKey } from './identity.ts';
import { openTokens } from './login.ts';
import { partiesOf } from './parties.ts';
import { predict } from './predict.ts';
import { quarantine } from './quarantine.ts';
import { openSender, type Sender, type SendOutcome } from './send.ts';
import {
  type Kept,
  type Statement,
  type StatementParts,
  sendStatements,
  statementsOf,
} from './send-statements.ts';
import { checkSettings, type DimoSettings, PROFILES } from './settings.ts';
import { standing, tellStanding } from './standing.ts';
import {
  halvesOf,
  isEmpty,
  type Parties,
  readDelivery,
  type Status,
  statusEvent,
  statusOf,
} from './status.ts';
import { weekOf } from './week.ts';
import { openWeeks, type Weeks } from './weeks-file.ts';

/** Attestations of one call: each is a request of its own, and what is settled is journalled after the call. */
const ITEMS_MAX = 16;
const CALL_MAX_BYTES = 1 << 20;

interface Parts extends StatementParts {
  readonly status: Sender;
  readonly weeks: Weeks;
  /** What of an attestation is done already, while the rest of it waits; no more than one call brings. */
  readonly progress: Map<string, Progress>;
}

interface Refusal {
  readonly code: string;
  readonly words: string;
}

interface Progress {
  statusWords: string | undefined;
  refusal: Refusal | undefined;
  /** Statements that are still to be sent; undefined before they are made. */
  statements: Statement[] | undefined;
  readonly notes: string[];
}

const gzipped = promisify<Uint8Array, Uint8Array>(gzip);

const kept = ({ retryAfterMs, fault: why }: Omit<Kept, 'kind'>): Kept => ({
  kind: 'kept',
  retryAfterMs,
  fault: why,
});

/** Sends a status, in halves where the server finds it too large; a reason where some of it was refused. */
const sendStatus = async (
  parts: Parts,
  status: Status,
  parties: Parties,
  signal: AbortSignal,
): Promise<Kept | { readonly kind: 'sent'; readonly refusal: Refusal | undefined }> => {
  const { settings, key, context } = parts;
  const event = eventText(statusEvent(status, parties, key.sign));
  const bytes = new TextEncoder().encode(event);
  const sent: SendOutcome = settings.gzip
    ? await parts.status.send(await gzipped(bytes), signal, { 'content-encoding': 'gzip' })
    : await parts.status.send(bytes, signal);
  switch (sent.kind) {
    case 'kept':
      return kept(sent);
    case 'taken':
      return { kind: 'sent', refusal: undefined };
    case 'refused':
      await quarantine(context.directory, { id: status.id, event, words: sent.words });
      return { kind: 'sent', refusal: { code: 'dimo.400', words: sent.words } };
    case 'too-large': {
      const halves = halvesOf(status);
      if (halves === undefined) return { kind: 'sent', refusal: { code: 'dimo.413', words: sent.words } };
      let refusal: Refusal | undefined;
      for (const half of halves) {
        const each = await sendStatus(parts, half, parties, signal);
        if (each.kind === 'kept') return each;
        refusal ??= each.refusal;
      }
      return { kind: 'sent', refusal };
    }
  }
};

/** What a taken status is worth: the week, or nothing more. */
const worth = async (
  { weeks, context, settings }: Parts,
  status: Status,
  { subject }: Parties,
): Promise<string> => {
  const stored = PROFILES[settings.node].settled;
  const last = status.signals.at(-1);
  if (last === undefined) return `${stored}; without signals it earns no week`;
  const now = context.clock.wall();
  const week = weekOf(last.wall).number;
  if (week < weekOf(now).number) return `${stored}; week ${week} was paid before it came`;
  const first = await weeks.taken(subject, last.wall, now);
  if (!first) return stored;
  const { connected } = weeks.forecast(subject, now).streak;
  return `${stored}; qualified for week ${week}, ${connected === 1 ? '1 week' : `${connected} weeks`} connected`;
};

const nothing = (words: string): Outcome => ({ kind: 'settled', words });

const deliverOne = async (
  parts: Parts,
  item: Delivery,
  source: string,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { settings, progress } = parts;
  const [device = ''] = item.stream.split('/');
  const parties = partiesOf(settings, device, source);
  if (parties === undefined) return nothing(`${device} is no vehicle of DIMO; nothing was sent`);
  const read = readDelivery(item);
  if (read === undefined)
    return { kind: 'refused', code: 'unreadable', words: 'the attestation does not read.' };
  if (read.statement.anchor.trust === 'none') {
    const words = 'the box did not know the time when it was read, and DIMO files everything by its time.';
    return { kind: 'refused', code: 'no-time', words };
  }
  const status = statusOf(item, read, settings);
  const done: Progress = progress.get(status.id) ?? {
    statusWords: undefined,
    refusal: undefined,
    statements: undefined,
    notes: [],
  };
  progress.set(status.id, done);
  done.statements ??= await statementsOf(parts, item, read, parties);
  if (isEmpty(status)) done.statusWords ??= 'nothing in it that DIMO has a name for';
  if (done.statusWords === undefined) {
    const sent = await sendStatus(parts, status, parties, signal);
    if (sent.kind === 'kept') return sent;
    done.refusal = sent.refusal;
    done.statusWords = sent.refusal === undefined ? await worth(parts, status, parties) : '';
  }
  const waits = await sendStatements(parts, done.statements, done.notes, signal);
  if (waits !== undefined) return kept(waits);
  progress.delete(status.id);
  const words = [done.refusal?.words ?? done.statusWords, ...done.notes].join('; ');
  return done.refusal === undefined
    ? { kind: 'settled', words }
    : { kind: 'refused', code: done.refusal.code, words };
};

const deliver = async (parts: Parts, items: readonly Delivery[], signal: AbortSignal): Promise<Outcome[]> => {
  const outcomes: Outcome[] = [];
  let waits: Kept | undefined;
  const source = await parts.status.source(signal);
  if (!source.ok) waits = kept({ retryAfterMs: parts.status.personMs, fault: source.fault });
  for (const item of items) {
    if (waits === undefined && source.ok) {
      const outcome = await deliverOne(parts, item, source.value, signal);
      outcomes.push(outcome);
      if (outcome.kind === 'kept') waits = outcome;
      // In order, or not at all: what comes after one that waits, waits too.
    } else if (waits !== undefined) outcomes.push(waits);
  }
  return outcomes;
};

const noKey = ({ name }: DimoSettings): Result<never> =>
  fail(
    fault(
      'misconfigured',
      'dimo.no-key',
      `network ${name}`,
      `the box has no identity for DIMO yet; make it with \`outpost network dimo add ${name}\`.`,
    ),
  );

const unbound = ({ name }: DimoSettings): Fault =>
  fault(
    'misconfigured',
    'dimo.unbound',
    `network ${name}`,
    `its identity is bound to no key that the gateway has now, so that nobody can check what it attests; run \`outpost network dimo add ${name}\`.`,
  );

/** DIMO: status events over a connection that knows us by a certificate, and attestations by a token, if wanted. */
export const openDimo = async (given: NetworkSettings, context: NetworkContext): Promise<Result<Network>> => {
  const checked = checkSettings(given);
  if (!checked.ok) return checked;
  const settings = checked.value;
  const { clock, directory, alarm } = context;
  const key = await readDimoKey(directory);
  if (!key.ok) return key;
  if (key.value === undefined) return noKey(settings);
  if (settings.attest !== undefined) {
    const bound = await boundGateway(directory, key.value.address, context.keyRecords());
    if (bound === undefined) alarm(unbound(settings));
  }
  const tls = await readAuthority(settings);
  if (!tls.ok) return tls;
  const where = `network ${settings.name} at ${settings.url.origin}`;
  const loginOf = settings.certificate.by === 'login' ? settings.certificate.login : settings.attest?.login;
  const login = loginOf === undefined ? undefined : { login: loginOf, key: key.value, clock, tls: tls.value };
  const certificates = openCertificates({
    settings: settings.certificate,
    directory,
    where,
    clock,
    login,
    tls: tls.value,
    alarm,
  });
  const sending = { clock, tls: tls.value, profile: PROFILES[settings.node] };
  const status = openSender({ ...sending, url: settings.url, where, certificates });
  const attest =
    settings.attest === undefined || login === undefined
      ? undefined
      : openSender({ ...sending, url: settings.attest.url, where, tokens: openTokens(login) });
  const weeks = await openWeeks(directory, alarm);
  const standing = { settings, context, key: key.value, status, attest, weeks };
  const parts: Parts = { ...standing, stated: new Map(), progress: new Map() };
  return ok({
    follows: 'attestations',
    name: settings.name,
    itemsMax: ITEMS_MAX,
    bytesMax: CALL_MAX_BYTES,
    deliver: (items, signal) => deliver(parts, items, signal),
    run: (signal) =>
      tellStanding(given, { directory, clock, note: (words) => context.note?.(words) }, signal),
    [Symbol.asyncDispose]: async () => {
      await status[Symbol.asyncDispose]();
      await attest?.[Symbol.asyncDispose]();
    },
  });
};

export const dimo: NetworkKind = { kind: 'dimo', open: openDimo, predict, standing };
