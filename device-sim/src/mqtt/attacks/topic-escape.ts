import { publishPacket, subscribePacket, TYPE } from '../packets.ts';
import type { Attack, AttackContext, Finding } from './contract.ts';
import { ANSWER_MS, enter } from './line.ts';

const REFUSED = 0x80;

/** Topics that are nobody's own, or another one's. */
const publishedTo = (user: string): readonly string[] => [
  '$SYS/broker/version',
  '$share/group/devices/x',
  'devices/somebody-else/speed',
  `devices/${user}x/speed`,
  `/devices/${user}/speed`,
  `DEVICES/${user}/speed`,
  'orders/somebody-else',
  `devices/+/speed`,
  `devices/${user}/#`,
  `devices/${user}/a\0b`,
  '',
];

const subscribedTo = (user: string): readonly string[] => [
  '#',
  '+/#',
  '+/+/+',
  'devices/#',
  'devices/+/speed',
  '$SYS/#',
  `$share/group/devices/#`,
  'devices/somebody-else/#',
  `devices/${user}x/#`,
  `devices/${user}/#/x`,
  `devices/+${user}/x`,
];

/** Publishes with QoS 1; what a broker must not do is acknowledge. */
const publishes = async (context: AttackContext, user: string): Promise<Finding> => {
  const taken: string[] = [];
  for (const topic of publishedTo(user)) {
    const { line, code } = await enter(context);
    if (code !== 0) throw new Error(`the account was not let in: return code ${code}`);
    line.send(publishPacket(topic, Uint8Array.of(0x31), 1));
    const answer = await line.next(ANSWER_MS);
    if (answer?.type === TYPE.puback) taken.push(JSON.stringify(topic));
    line[Symbol.dispose]();
  }
  return {
    what: 'Nothing is taken on a topic that is not the own one',
    holds: taken.length === 0,
    saw: taken.length === 0 ? `${publishedTo(user).length} refused` : `taken: ${taken.join(', ')}`,
  };
};

const subscribes = async (context: AttackContext, user: string): Promise<Finding> => {
  const granted: string[] = [];
  for (const filter of subscribedTo(user)) {
    const { line } = await enter(context);
    line.send(subscribePacket(filter, 1));
    const answer = await line.next(ANSWER_MS);
    // Closing the connection is a refusal too.
    if (answer?.type === TYPE.suback && answer.body.at(-1) !== REFUSED) granted.push(filter);
    line[Symbol.dispose]();
  }
  return {
    what: 'Nothing is heard of a topic that is not the own one',
    holds: granted.length === 0,
    saw: granted.length === 0 ? `${subscribedTo(user).length} refused` : `granted: ${granted.join(', ')}`,
  };
};

/** An account that tries what is not its own. */
export const topicEscape: Attack = {
  description: 'publishing and subscribing outside of the own topics',
  needsAccount: true,
  run: async (context) => {
    const user = context.target.account?.user ?? '';
    return [await publishes(context, user), await subscribes(context, user)];
  },
};
