import { readFile } from 'node:fs/promises';
import { type Clock, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { tombstone } from './attestations.ts';
import { eventText, HEADER_TEXT, REASON_MAX_BYTES, timeText } from './codec.ts';
import { readDimoKey } from './identity.ts';
import { openTokens } from './login.ts';
import { partiesOf } from './parties.ts';
import { openSender } from './send.ts';
import { type DimoSettings, PROFILES } from './settings.ts';

export interface TakeBack {
  readonly directory: string;
  /** Of the attestation. */
  readonly id: string;
  readonly device: string;
  readonly reason: string;
  readonly clock: Clock;
}

/** Posts a tombstone for an attestation, once; a fault is why it was not taken. */
export const sendTombstone = async (
  settings: DimoSettings,
  { directory, id, device, reason, clock }: TakeBack,
  signal: AbortSignal,
): Promise<Result<void>> => {
  const where = `network ${settings.name}`;
  const wrong = (words: string): Result<never> => fail(fault('misconfigured', 'dimo.void', where, words));
  if (settings.attest === undefined)
    return wrong('attests nothing (options.attest), so there is nothing to take back.');
  if (!HEADER_TEXT.test(id)) return wrong(`"${id}" is no id of an attestation.`);
  if (new TextEncoder().encode(reason).length > REASON_MAX_BYTES)
    return wrong(`takes reasons of at most ${REASON_MAX_BYTES} bytes; say it shorter.`);
  const key = await readDimoKey(directory);
  if (!key.ok) return key;
  if (key.value === undefined) return wrong('has no identity here yet.');
  const { address, sign } = key.value;
  const parties = partiesOf(settings, device, address);
  if (parties === undefined) return wrong(`has no vehicle ${device}.`);
  const ca =
    settings.authority === undefined ? undefined : new Uint8Array(await readFile(settings.authority));
  const tls = ca === undefined ? {} : { ca };
  await using sender = openSender({
    clock,
    tls,
    profile: PROFILES[settings.node],
    url: settings.attest.url,
    where,
    tokens: openTokens({ login: settings.attest.login, key: key.value, clock, tls }),
  });
  const event = tombstone({ id, reason, time: timeText(clock.wall()) }, parties, sign);
  const sent = await sender.send(new TextEncoder().encode(eventText(event)), signal);
  if (sent.kind === 'taken') return ok(undefined);
  if (sent.kind === 'kept') return fail(sent.fault);
  return fail(fault('refused', 'dimo.void', where, `does not take it: ${sent.words}.`));
};
