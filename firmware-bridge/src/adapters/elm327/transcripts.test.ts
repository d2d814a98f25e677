import { asciiText, type Body } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../../testing/rig.ts';
import { elm327Parts } from './index.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import { GOOD_CAR, playDongle } from './play-dongle.ts';
import { redecode } from './redecode.ts';
import { BAD_DAY_TRANSCRIPTS } from './transcripts/bad-days.ts';
import { DIAGNOSIS_TRANSCRIPTS } from './transcripts/diagnosis.ts';
import { ERROR_TRANSCRIPTS, NEGATIVE_TRANSCRIPTS } from './transcripts/errors.ts';
import { LEGACY_TRANSCRIPTS } from './transcripts/legacy.ts';
import { MAKE_TRANSCRIPTS } from './transcripts/makes.ts';
import { QUIRK_TRANSCRIPTS } from './transcripts/quirks.ts';
import type { Transcript } from './transcripts/transcript.ts';
import { UDS_TRANSCRIPTS } from './transcripts/uds.ts';

const POLL = [{ pid: 0x0c, everyMs: 1_000 }];

const play = ({ replies, options, ms = 20_000 }: Transcript): Rig => {
  const session = elm327Parts.session({ ...DEFAULT_OPTIONS, poll: POLL, ...options });
  const rig = createRig(elm327Parts.codec, session, playDongle({ replies: { ...GOOD_CAR, ...replies } }));
  rig.run(ms);
  return rig;
};

const unit = (ecu: number): string => ecu.toString(16).toUpperCase();

const bodyText = (body: Body): string => {
  if (body.kind === 'number') return `${body.signal}=${body.mantissa}@${unit(body.ecu)}`;
  if (body.kind === 'identity') return `${body.of}=${body.text}@${unit(body.ecu)}`;
  if (body.kind === 'text') return `${body.signal}=${body.text}@${unit(body.ecu)}`;
  return body.kind === 'codes' ? `${body.status}=${body.codes.join()}@${unit(body.ecu)}` : body.kind;
};

/** Lists are confirmed by a second reply, and the answer to the first nudge is `?`: both in every dialogue. */
const ALWAYS_DROPPED = new Set(['unconfirmed', 'resynchronising', 'unchanged']);

const reasonsOf = (
  rig: Rig,
): { readonly faults: ReadonlySet<string>; readonly drops: ReadonlySet<string> } => ({
  faults: new Set(rig.fates.flatMap((fate) => (fate.kind === 'quarantined' ? [fate.fault.code] : []))),
  drops: new Set(rig.fates.flatMap((fate) => (fate.kind === 'dropped' ? [fate.reason] : []))),
});

const checkSaid = ({ says = [], neverSays = [] }: Transcript, rig: Rig): void => {
  const said = new Set(
    rig.said.map(({ body, origin }) => `${origin === 'simulated' ? 'simulated ' : ''}${bodyText(body)}`),
  );
  for (const text of says) expect([...said]).toContain(text);
  for (const text of neverSays) expect([...said]).not.toContain(text);
  for (const { body, raw } of rig.said) expect(redecode(raw), asciiText(raw)).toContainEqual(body);
};

const check = (transcript: Transcript): void => {
  const rig = play(transcript);
  checkSaid(transcript, rig);
  const { faults, drops } = reasonsOf(rig);
  expect([...faults].toSorted()).toEqual([...(transcript.faults ?? [])].toSorted());
  const wanted = (transcript.drops ?? []).filter((reason) => !ALWAYS_DROPPED.has(reason));
  expect([...drops].filter((reason) => !ALWAYS_DROPPED.has(reason)).toSorted()).toEqual(wanted.toSorted());
  expect(rig.reopen?.code).toBe(transcript.reopen);
  expect(rig.statuses.at(-1)?.phase).toBe(transcript.phase ?? 'polling');
  if (transcript.words !== undefined) {
    expect(rig.statuses.map(({ words }) => words).join('\n')).toContain(transcript.words);
  }
  const sent = rig.sent.map((bytes) => asciiText(bytes).replace('\r', ''));
  for (const [command, [least, most]] of Object.entries(transcript.sends ?? {})) {
    const count = sent.filter((text) => text === command).length;
    expect(count, command).toBeGreaterThanOrEqual(least);
    expect(count, command).toBeLessThanOrEqual(most);
  }
  // Only the reply under way may be without a fate, and nothing has two.
  expect(rig.undecided).toBeGreaterThanOrEqual(0);
  expect(rig.undecided).toBeLessThan(rig.reopen === undefined ? 4 : 300);
};

describe('error texts of the chip', () => {
  it.each(ERROR_TRANSCRIPTS)('$name', check);
});

describe('negative answers', () => {
  it.each(NEGATIVE_TRANSCRIPTS)('$name', check);
});

describe('quirks of clones', () => {
  it.each(QUIRK_TRANSCRIPTS)('$name', check);
});

describe('makes of dongle', () => {
  it.each(MAKE_TRANSCRIPTS)('$name', check);
});

describe('the buses before CAN', () => {
  it.each(LEGACY_TRANSCRIPTS)('$name', check);
});

describe('one control unit at a time', () => {
  it.each(UDS_TRANSCRIPTS)('$name', check);
});

describe('what a fault left behind', () => {
  it.each(DIAGNOSIS_TRANSCRIPTS)('$name', check);
});

describe('bad days', () => {
  it.each(BAD_DAY_TRANSCRIPTS)('$name', check);
});
