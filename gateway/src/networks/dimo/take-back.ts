import { type Clock, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { tombstone } from './attestations.ts';
import { readAuthority } from './authority-file.ts';
import { eventText, HEADER_TEXT, REASON_MAX_BYTES, timeText } from './codec.ts';
import { readDimoKey } from './identity.ts';
import { openTokens } from './login.ts';
import { partiesOf } from './parties.ts';
import { openSender } from './send.ts';
import { type DimoSettings, PROFILES } from './settings.ts';
import { ID_LETTERS_MIN, noteTakenBack, readTaken } from './statements-file.ts';

export interface TakeBack {
  readonly directory: string;
  /** Of the attestation, or its first letters where this box still knows it. */
  readonly id: string;
  /** That it is about; undefined where this box knows. */
  readonly device: string | undefined;
  readonly reason: string;
  readonly clock: Clock;
}

type Wrong = (words: string) => Result<never>;

/** The one attestation that is meant, and what it is about. */
const find = async (
  { directory, id, device }: TakeBack,
  wrong: Wrong,
): Promise<Result<{ readonly id: string; readonly device: string }>> => {
  if (id.length < ID_LETTERS_MIN || !HEADER_TEXT.test(id))
    return wrong(`"${id}" is no id of an attestation; give at least its first ${ID_LETTERS_MIN} letters.`);
  const fitting = (await readTaken(directory)).filter((each) => each.id.startsWith(id));
  const [only] = fitting;
  if (fitting.length > 1)
    return wrong(`has ${fitting.length} attestations that begin with ${id}; give more of it.`);
  if (only !== undefined) return ok({ id: only.id, device: device ?? only.device });
  return device === undefined
    ? wrong(`knows no attestation ${id}; give its whole id, and --vehicle for what it is about.`)
    : ok({ id, device });
};

/** Posts a tombstone for an attestation, once; gives its whole id, or why it was not taken. */
export const sendTombstone = async (
  settings: DimoSettings,
  asked: TakeBack,
  signal: AbortSignal,
): Promise<Result<string>> => {
  const { directory, reason, clock } = asked;
  const where = `network ${settings.name}`;
  const wrong: Wrong = (words) => fail(fault('misconfigured', 'dimo.void', where, words));
  if (settings.attest === undefined)
    return wrong('attests nothing (options.attest), so there is nothing to take back.');
  if (new TextEncoder().encode(reason).length > REASON_MAX_BYTES)
    return wrong(`takes reasons of at most ${REASON_MAX_BYTES} bytes; say it shorter.`);
  const found = await find(asked, wrong);
  if (!found.ok) return found;
  const { id, device } = found.value;
  const key = await readDimoKey(directory);
  if (!key.ok) return key;
  if (key.value === undefined)
    return wrong(`has no identity here yet; make it with \`outpost network dimo add ${settings.name}\`.`);
  const { address, sign } = key.value;
  const parties = partiesOf(settings, device, address);
  if (parties === undefined) return wrong(`has no vehicle ${device} (options.vehicles).`);
  const tls = await readAuthority(settings);
  if (!tls.ok) return tls;
  await using sender = openSender({
    clock,
    tls: tls.value,
    profile: PROFILES[settings.node],
    url: settings.attest.url,
    where,
    tokens: openTokens({ login: settings.attest.login, key: key.value, clock, tls: tls.value }),
  });
  const event = tombstone({ id, reason, time: timeText(clock.wall()) }, parties, sign);
  const sent = await sender.send(new TextEncoder().encode(eventText(event)), signal);
  if (sent.kind === 'kept') return fail(sent.fault);
  if (sent.kind !== 'taken')
    return fail(fault('refused', 'dimo.void', where, `does not take it: ${sent.words}.`));
  let unwritten: Fault | undefined;
  await noteTakenBack(directory, id, (why) => {
    unwritten = why;
  });
  return unwritten === undefined ? ok(id) : fail(unwritten);
};
