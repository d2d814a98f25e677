import { sha256, type Verify } from '@outpost/schemas/evidence';
import { type Fault, fault, ok, type Result, toHex } from '@outpost/schemas/words';
import { platformVerifier } from '../../keys/signer.ts';
import type {
  Delivery,
  Network,
  NetworkContext,
  NetworkKind,
  NetworkSettings,
  Outcome,
} from '../contract.ts';
import { openPoster, type Poster } from '../post.ts';
import { type Answer, answerOf, BEHIND, PERSON_NEEDED_MS, RECORDS_WANTED } from './answers.ts';
import {
  ANSWER_MAX_BYTES,
  DELIVERY_TYPE,
  encodeDelivery,
  ITEMS_MAX,
  RECORDS_MAX,
  REQUEST_MAX_BYTES,
  type WireVerdict,
} from './codec.ts';
import { predict } from './predict.ts';
import { checkReceipt, foreignHead } from './receipts.ts';
import { type CheckedSettings, checkSettings } from './settings.ts';

/** From dialling to the last byte of the answer, for a small request. */
const DEADLINE_MS = 30_000;
/** What one call should bring: four times less than one request may be, so that a slow line meets the deadline. */
const CALL_MAX_BYTES = 1024 * 1024;

interface Parts {
  readonly settings: CheckedSettings;
  readonly context: NetworkContext;
  readonly poster: Poster;
  readonly verify: Verify;
  /** For sentences: the network's name and address. */
  readonly where: string;
  /** Key records that the network has answered for, by SHA-256 in hex; no more than the box has. */
  readonly confirmed: Set<string>;
  /** What the operator is to hear of this call, once each by its code. */
  readonly raised: Map<string, Fault>;
}

interface Sent {
  readonly answer: Answer;
  /** Whether the network was given every key record there is. */
  readonly withAllRecords: boolean;
}

const kept = (why: Fault, retryAfterMs = 0): Outcome => ({ kind: 'kept', retryAfterMs, fault: why });

/** One request. A body that no network takes is answered for without sending it. */
const send = async (parts: Parts, items: readonly Delivery[], signal: AbortSignal): Promise<Sent> => {
  const { confirmed, context, poster, where } = parts;
  const all = context.keyRecords().map((record) => ({ record, name: toHex(sha256(record)) }));
  const missing = all.filter(({ name }) => !confirmed.has(name)).slice(0, RECORDS_MAX);
  const withAllRecords = missing.length === Math.min(all.length, RECORDS_MAX);
  const body = encodeDelivery({ records: missing.map(({ record }) => record), items });
  if (items.length > ITEMS_MAX || body.length > REQUEST_MAX_BYTES) {
    const words = `It has ${body.length} bytes with its leaves, and ${REQUEST_MAX_BYTES} is the most that is sent.`;
    return {
      answer: { kind: 'too-much', alone: { kind: 'refused', code: 'too-large', words } },
      withAllRecords,
    };
  }
  const reply = await poster.post(body, signal);
  if (!reply.ok) {
    const retryAfterMs = reply.fault.kind === 'untrusted' ? PERSON_NEEDED_MS : 0;
    return { answer: { kind: 'none', retryAfterMs, fault: reply.fault }, withAllRecords };
  }
  const answer = answerOf(reply.value, items.length, where);
  if (answer.kind === 'verdicts') for (const { name } of missing) confirmed.add(name);
  return { answer, withAllRecords };
};

const alarmed = (parts: Parts, why: Fault): Outcome => {
  parts.raised.set(why.code, why);
  return kept(why, PERSON_NEEDED_MS);
};

const outcomeOf = async (
  parts: Parts,
  item: Delivery,
  verdict: WireVerdict,
  sent: readonly Delivery[],
): Promise<Outcome> => {
  const { context, settings, verify, where } = parts;
  switch (verdict.kind) {
    case 'refused':
      return verdict;
    case 'again': {
      const why = fault(
        'unreachable',
        'outpost.again',
        where,
        `wants it again later (${verdict.code}): ${verdict.words}`,
      );
      if (verdict.code !== RECORDS_WANTED) return kept(why, verdict.afterMs);
      const words = `does not know who signed, though it was sent every key record: ${verdict.words}`;
      return alarmed(parts, fault('untrusted', 'outpost.records', where, words));
    }
    case 'settled': {
      const receipt = checkReceipt(verdict.receipt, item, { key: settings.key, verify, where });
      if (!receipt.ok) return alarmed(parts, receipt.fault);
      const foreign = await foreignHead(receipt.value, sent, context, where);
      if (foreign !== undefined) parts.raised.set(foreign.code, foreign);
      return { kind: 'settled', receipt: receipt.value };
    }
  }
};

/** Half by half, until the network takes them or one stands alone; the second half only after all of the first. */
const sendHalves = async (
  parts: Parts,
  items: readonly Delivery[],
  signal: AbortSignal,
): Promise<Outcome[]> => {
  const middle = Math.ceil(items.length / 2);
  const first = await deliver(parts, items.slice(0, middle), signal);
  const waiting = first.find((outcome) => outcome.kind === 'kept');
  const rest = items.slice(middle);
  return [
    ...first,
    ...(waiting === undefined ? await deliver(parts, rest, signal) : rest.map(() => waiting)),
  ];
};

const isRecordsWanted = (verdict: WireVerdict): boolean =>
  verdict.kind === 'again' && verdict.code === RECORDS_WANTED;

/** Put off for want of key records, or for standing behind such a one. */
const comesAgain = (verdict: WireVerdict): boolean =>
  isRecordsWanted(verdict) || (verdict.kind === 'again' && verdict.code === BEHIND);

/** The network forgot, or was set up anew: whoever it does not know any more is sent again with every key record. */
const sendWithRecords = async (
  parts: Parts,
  items: readonly Delivery[],
  verdicts: readonly WireVerdict[],
  signal: AbortSignal,
): Promise<Outcome[]> => {
  parts.confirmed.clear();
  const wanted = items.filter((_, index) => verdicts[index] !== undefined && comesAgain(verdicts[index]));
  const again = await deliver(parts, wanted, signal);
  const outcomes: Outcome[] = [];
  for (const [index, item] of items.entries()) {
    const verdict = verdicts[index];
    if (verdict === undefined) continue;
    const resent = comesAgain(verdict) ? again.shift() : undefined;
    outcomes.push(resent ?? (await outcomeOf(parts, item, verdict, items)));
  }
  return outcomes;
};

const deliver = async (parts: Parts, items: readonly Delivery[], signal: AbortSignal): Promise<Outcome[]> => {
  if (items.length === 0) return [];
  const { answer, withAllRecords } = await send(parts, items, signal);
  switch (answer.kind) {
    case 'none':
      return items.map(() => kept(answer.fault, answer.retryAfterMs));
    case 'too-much':
      return items.length === 1 ? [answer.alone] : await sendHalves(parts, items, signal);
    case 'verdicts': {
      const { verdicts } = answer;
      if (!withAllRecords && verdicts.some(isRecordsWanted)) {
        return await sendWithRecords(parts, items, verdicts, signal);
      }
      const outcomes: Outcome[] = [];
      for (const [index, item] of items.entries()) {
        const verdict = verdicts[index];
        if (verdict !== undefined) outcomes.push(await outcomeOf(parts, item, verdict, items));
      }
      return outcomes;
    }
  }
};

/** Our own network: attestations and their leaves by HTTP, receipts back. The wire stands in docs/networks/outpost.md. */
export const openOutpost = (settings: NetworkSettings, context: NetworkContext): Result<Network> => {
  const checked = checkSettings(settings);
  if (!checked.ok) return checked;
  const { name, url } = checked.value;
  const poster = openPoster({
    url,
    clock: context.clock,
    code: 'outpost',
    contentType: DELIVERY_TYPE,
    deadlineMs: DEADLINE_MS,
    answerMaxBytes: ANSWER_MAX_BYTES,
  });
  const standing: Omit<Parts, 'raised'> = {
    settings: checked.value,
    context,
    poster,
    verify: platformVerifier(),
    where: `network ${name} at ${url.origin}`,
    confirmed: new Set(),
  };
  const network: Network = {
    follows: 'attestations',
    name,
    itemsMax: ITEMS_MAX,
    bytesMax: CALL_MAX_BYTES,
    deliver: async (items, signal) => {
      const raised = new Map<string, Fault>();
      const outcomes = await deliver({ ...standing, raised }, items, signal);
      for (const why of raised.values()) context.alarm(why);
      return outcomes;
    },
    [Symbol.asyncDispose]: () => poster[Symbol.asyncDispose](),
  };
  return ok(network);
};

export const outpost: NetworkKind = {
  kind: 'outpost',
  follows: 'attestations',
  open: (settings, context) => Promise.resolve(openOutpost(settings, context)),
  predict: (_, sending, context) => predict(sending, context),
};
