import { asciiBytes, type Body, type StreamId, toHex, wallNs } from '@outpost/schemas/words';
import { platformHash } from '../hash.ts';
import type { Kept, Offset } from '../journal/contract.ts';
import { KIND, originOfKind, readAttested, type Settlement, settlementEntry } from '../record/entry.ts';
import { deliverReader } from '../run/open.ts';
import type { TestBox } from '../run/testing.ts';

/** An attestation of a test box, by its place and its id. */
export interface Made {
  readonly offset: Offset;
  readonly next: Offset;
  readonly hash: Uint8Array;
}

const all = async ({ opened: { journal } }: TestBox): Promise<readonly Kept[]> => {
  const found: Kept[] = [];
  for await (const entry of journal.read(journal.start, journal.end))
    found.push({ ...entry, bytes: entry.bytes.slice() });
  return found;
};

/** A speed as a dongle tells it, so that whoever reads its bytes again finds the same. */
const sayHonestly = async ({ recorder, clock }: TestBox, speed: number): Promise<void> => {
  const body: Body = { kind: 'number', signal: 1, mantissa: speed, ecu: 0x7e8 };
  const raw = asciiBytes(`7E803410D${toHex(Uint8Array.of(speed)).toUpperCase()}`);
  const readings = [{ body, raw, mono: clock.mono(), origin: 'live' as const }];
  await recorder.observe({ readings, quarantined: [], kept: () => undefined, refused: () => undefined });
};

/**
 * Signs `count` batches of one reading (the first has the clock's too) and says where they stand.
 * @param lies the readings do not say what their bytes say
 */
export const make = async (box: TestBox, count: number, lies = false): Promise<readonly Made[]> => {
  const { attestTally } = box.opened;
  const before = attestTally.attestations;
  for (let made = 1; made <= count; made += 1) {
    await (lies ? box.say(before + made) : sayHonestly(box, before + made));
    await box.until('it is signed', () => attestTally.attestations === before + made, 250);
  }
  const attestations = (await all(box)).filter(({ kind }) => kind === KIND.attestation);
  return attestations.slice(-count).map(({ offset, next, bytes }) => {
    const attested = readAttested(bytes);
    if (!attested.ok) throw new Error(attested.fault.words);
    return { offset, next, hash: platformHash(attested.value.bytes) };
  });
};

/** Where all readings stand, the clock's own first. */
export const readingsOf = async (box: TestBox): Promise<readonly Offset[]> =>
  (await all(box)).filter(({ kind }) => originOfKind(kind) !== undefined).map(({ offset }) => offset);

/** What a network says of an attestation, a second later. */
export const answer = async (
  { opened: { journal }, clock }: TestBox,
  { hash }: Pick<Made, 'hash'>,
  said: Partial<Settlement> = {},
): Promise<void> => {
  const entry = settlementEntry({
    network: 'sim',
    stream: 'car/telemetry' as StreamId,
    attestation: hash,
    kind: 'settled',
    code: '',
    words: '',
    receipt: undefined,
    wall: wallNs(clock.wall()),
    ...said,
  });
  const kept = await journal.append([entry], 'now');
  if (!kept.ok) throw new Error(kept.fault.words);
};

/** Everything before this is done with, as far as the network is concerned. */
export const moveCursor = async ({ opened: { journal } }: TestBox, to: Offset): Promise<void> =>
  journal.commit(deliverReader('sim'), to);
