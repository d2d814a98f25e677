import { concatBytes, type Fault, fault, type Result } from '@outpost/schemas/words';
import type { Item } from '../../wire.ts';
import { euiBytes, type From, GATEWAY_HEAD_BYTES, withoutTail } from './datagram.ts';
import type { GwmpEvent } from './event.ts';
import { elementsOf, isArrayAt, membersAt, type Span } from './json-spans.ts';
import { DEPTH_MAX, type Members, readMembers } from './members.ts';
import { readRxpk } from './rxpk.ts';
import { readStat, statBodies } from './stat.ts';

/** Items of one datagram that are read; the reference forwarder puts at most 255 frames into one. */
const ITEMS_MAX = 256;
/** A frame of 255 bytes on 16 antennas has about 4 KiB; a leaf holds four times as much as this. */
const ITEM_MAX_BYTES = 16_384;
/** Members of the object around them; there are two. */
const MEMBERS_MAX = 64;

const text = (letters: string): Uint8Array => Uint8Array.from(letters, (letter) => letter.charCodeAt(0));

const FRAME = [text('{"rxpk":['), text(']}')] as const;
const STAT = [text('{"stat":'), text('}')] as const;

/** A whole datagram around one item, which says by itself what the item said among its siblings. */
const alone = (head: Uint8Array, [before, after]: typeof FRAME | typeof STAT, item: Uint8Array): Uint8Array =>
  concatBytes(head, before, item, after);

const problem = (words: string): Fault => fault('malformed', 'gwmp.push-data', 'gwmp', words);

/** One datagram on its way to items. */
interface Reading {
  readonly from: From;
  readonly gateway: Uint8Array;
  readonly head: Uint8Array;
  /** What follows the head, without its tail. */
  readonly json: Uint8Array;
  readonly items: Item<GwmpEvent>[];
}

const add = ({ items }: Reading, event: GwmpEvent, raw: Uint8Array): void => {
  items.push({ raw, result: { ok: true, value: event } });
};

const badEvent = ({ from }: Reading, why: Fault): GwmpEvent => ({ kind: 'bad', from, fault: why });

const itemMembers = (json: Uint8Array, { start, end, isWhole, depth }: Span): Result<Members> => {
  if (!isWhole) return { ok: false, fault: problem('an item is cut off.') };
  if (end - start > ITEM_MAX_BYTES)
    return { ok: false, fault: problem(`an item is longer than ${ITEM_MAX_BYTES / 1024} KiB.`) };
  if (depth > DEPTH_MAX) return { ok: false, fault: problem(`an item nests deeper than ${DEPTH_MAX}.`) };
  return readMembers(json.subarray(start, end));
};

const frameEvent = (reading: Reading, span: Span): GwmpEvent => {
  const members = itemMembers(reading.json, span);
  if (!members.ok) return badEvent(reading, members.fault);
  const heard = readRxpk(members.value, reading.gateway);
  return heard.ok ? { kind: 'heard', from: reading.from, ...heard.value } : badEvent(reading, heard.fault);
};

const statEvent = (reading: Reading, span: Span): GwmpEvent => {
  const { from, gateway, json } = reading;
  const members = itemMembers(json, span);
  if (!members.ok) return badEvent(reading, members.fault);
  const stat = readStat(members.value);
  return { kind: 'stat', from, stat, bodies: statBodies(stat, gateway) };
};

/** From here on nothing can be told apart any more. */
const addRest = (reading: Reading, at: number, words: string): void =>
  add(reading, badEvent(reading, problem(words)), concatBytes(reading.head, reading.json.subarray(at)));

const isNull = (json: Uint8Array, { start, end }: Span): boolean => end - start >= 4 && json[start] === 0x6e;

const itemBytes = ({ json }: Reading, { start, end }: Span): Uint8Array => json.subarray(start, end);

const addFrames = (reading: Reading, span: Span): void => {
  const { json, items, head } = reading;
  if (isNull(json, span)) return;
  if (!isArrayAt(json, span)) {
    addRest(reading, span.start, 'its frames are no list.');
    return;
  }
  const { found, brokenAt } = elementsOf(json, span, Math.max(0, ITEMS_MAX - items.length));
  for (const each of found)
    add(reading, frameEvent(reading, each), alone(head, FRAME, itemBytes(reading, each)));
  if (brokenAt !== undefined)
    addRest(reading, brokenAt, 'a list of frames is broken, or longer than is read.');
};

const addStat = (reading: Reading, span: Span): void => {
  if (isNull(reading.json, span)) return;
  add(reading, statEvent(reading, span), alone(reading.head, STAT, itemBytes(reading, span)));
};

/**
 * Reads what a gateway pushes: each frame and statistic is one item, good or bad by itself, with bytes that say by
 * themselves what it said. Members of other names are left alone.
 */
export const readPushData = (from: From, bytes: Uint8Array): readonly Item<GwmpEvent>[] => {
  const head = bytes.subarray(0, GATEWAY_HEAD_BYTES);
  const json = withoutTail(bytes, GATEWAY_HEAD_BYTES);
  const reading: Reading = { from, gateway: euiBytes(from.eui), head, json, items: [] };
  if (json.length > 0) {
    const { found, brokenAt, end } = membersAt(json, 0, MEMBERS_MAX);
    for (const { name, value } of found) {
      if (name === 'rxpk') addFrames(reading, value);
      else if (name === 'stat') addStat(reading, value);
    }
    if (brokenAt !== undefined) addRest(reading, brokenAt, 'a datagram is no JSON object from here on.');
    else if (end < json.length) addRest(reading, end, 'something follows the JSON object of a datagram.');
  }
  add(reading, { kind: 'push', from }, head);
  return reading.items;
};
