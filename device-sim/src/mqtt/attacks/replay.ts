import { identifierOf, publishPacket, TYPE } from '../packets.ts';
import type { Attack, AttackContext, Finding } from './contract.ts';
import { ANSWER_MS, enter, type Line } from './line.ts';

const ID = 7;
/** Of MQTT 3.1.1 §3.3.1.1. */
const DUP = 0x08;

const isAcknowledged = async (line: Line): Promise<boolean> => {
  for (;;) {
    const answer = await line.next(ANSWER_MS);
    if (answer === undefined) return false;
    if (answer.type === TYPE.puback && identifierOf(answer.body) === ID) return true;
  }
};

const copiesOver = async (context: AttackContext, recorded: Uint8Array, copies: number): Promise<number> => {
  const { line } = await enter(context);
  let acknowledged = 0;
  for (let sent = 0; sent < copies; sent += 1) {
    line.send(recorded);
    if (await isAcknowledged(line)) acknowledged += 1;
  }
  line[Symbol.dispose]();
  return acknowledged;
};

/** The same without the account's password: what somebody can who has only listened to one message. */
const asStranger = async (context: AttackContext, recorded: Uint8Array): Promise<Finding> => {
  const { line, code } = await enter(context, { password: undefined });
  line.send(recorded);
  const isTaken = await isAcknowledged(line);
  line[Symbol.dispose]();
  return {
    what: 'Who has only recorded a message cannot bring it',
    holds: code !== 0 && !isTaken,
    saw: `return code ${code}, ${isTaken ? '' : 'not '}acknowledged`,
  };
};

/**
 * The same bytes again, in one session and in others. A broker acknowledges each copy, so that nobody sends it for ever;
 * that a copy is no second reading is for who reads the device to see, by the sequence that the device signed.
 */
export const replay: Attack = {
  description:
    'a recorded PUBLISH sent again, marked and unmarked as a duplicate, over old and new connections',
  needsAccount: true,
  run: async (context) => {
    const { target } = context;
    const recorded = publishPacket(target.topic, target.payload, ID);
    const marked = recorded.slice();
    marked[0] = (marked[0] ?? 0) | DUP;
    const copies = Math.min(context.count, 50);
    const acknowledged =
      (await copiesOver(context, recorded, copies)) +
      (await copiesOver(context, marked, copies)) +
      (await copiesOver(context, recorded, 1));
    return [
      {
        what: 'Every copy is acknowledged once, and costs nobody the connection',
        holds: acknowledged === 2 * copies + 1,
        saw: `${acknowledged} of ${2 * copies + 1}`,
      },
      await asStranger(context, recorded),
    ];
  },
};
