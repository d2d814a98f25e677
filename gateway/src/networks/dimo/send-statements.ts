import { platformHash } from '../../hash.ts';
import type { Delivery, NetworkContext, Outcome } from '../contract.ts';
import { attestationsOf, newStated, type Stated } from './attestations.ts';
import type { ClaimKind } from './claims.ts';
import { eventText } from './codec.ts';
import { type DimoKey, readBinding } from './identity.ts';
import { quarantine } from './quarantine.ts';
import type { Sender } from './send.ts';
import type { DimoSettings } from './settings.ts';
import { noteTaken } from './statements-file.ts';
import type { Parties, ReadDelivery } from './status.ts';

export type Kept = Extract<Outcome, { readonly kind: 'kept' }>;

/** An attestation of ours, made and not yet sent. */
export interface Statement {
  readonly id: string;
  readonly kind: ClaimKind;
  readonly device: string;
  readonly time: string;
  readonly text: string;
}

export interface StatementParts {
  readonly settings: DimoSettings;
  readonly context: NetworkContext;
  readonly key: DimoKey;
  /** Undefined where nothing is attested. */
  readonly attest: Sender | undefined;
  readonly stated: Map<string, Stated>;
}

/** Every statement that this batch gives reason for. */
export const statementsOf = async (
  { settings, context, key, stated }: StatementParts,
  item: Delivery,
  read: ReadDelivery,
  parties: Parties,
): Promise<Statement[]> => {
  if (settings.attest === undefined) return [];
  const known = stated.get(item.stream) ?? newStated();
  stated.set(item.stream, known);
  const made = attestationsOf(item, read, known, {
    kinds: settings.attest.kinds,
    // Who attests signs itself, whatever connection the status goes over.
    parties: { ...parties, source: key.address },
    binding: await readBinding(context.directory),
    keyRecords: context.keyRecords(),
    sign: key.sign,
    hash: platformHash,
  });
  const [device = ''] = item.stream.split('/');
  return made.map(({ kind, event }) => {
    const { id, time } = event.header;
    return { id, kind, device, time, text: eventText(event) };
  });
};

/** Sends what waits, one by one, and says of each what became of it; something where the rest has to wait. */
export const sendStatements = async (
  { attest, context }: StatementParts,
  waiting: Statement[],
  notes: string[],
  signal: AbortSignal,
): Promise<Kept | undefined> => {
  while (attest !== undefined && waiting[0] !== undefined) {
    const { text, ...taken } = waiting[0];
    const { id, kind } = taken;
    const sent = await attest.send(new TextEncoder().encode(text), signal);
    if (sent.kind === 'kept') return sent;
    if (sent.kind === 'taken') {
      await noteTaken(context.directory, taken, context.alarm);
      notes.push(`${kind} statement ${id.slice(0, 8)} taken`);
    } else {
      await quarantine(context.directory, { id, event: text, words: sent.words });
      notes.push(`${kind} statement ${id.slice(0, 8)} refused: ${sent.words}`);
    }
    waiting.shift();
  }
  return undefined;
};
