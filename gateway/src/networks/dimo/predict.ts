import { NS_PER_MS, type TimeTrust, type WallNs } from '@outpost/schemas/words';
import type { NetworkSettings, Prediction, PredictionContext, Sending } from '../contract.ts';
import { headerObjection, SKEW_MAX_MS, timeText } from './codec.ts';
import { partiesOf } from './parties.ts';
import { checkSettings, type NodeKind } from './settings.ts';
import { isEmpty, readDelivery, STATUS_VERSION, type Status, statusOf } from './status.ts';
import { weekOf } from './week.ts';

/** Any address is as long as another. */
const SOME_ADDRESS = `0x${'0'.repeat(40)}`;

const refused = (words: string): Prediction => ({ expect: 'refused', words });

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** What is in it, and what it is worth. */
const contentOf = ({ signals, events, vin, left, wall }: Status, now: WallNs | undefined): string => {
  const parts = [
    ...(signals.length === 0 ? [] : [`${counted(signals.length, 'signal')} that DIMO has names for`]),
    ...(events.length === 0 ? [] : [counted(events.length, 'driving event')]),
    ...(vin === undefined ? [] : ['the VIN']),
  ];
  const kept = left === 0 ? '' : ` (${counted(left, 'reading')} without a name there stay here)`;
  return `${parts.join(', ')}${kept}; ${worthOf(signals.length, wall, now)}.`;
};

const worthOf = (signals: number, wall: WallNs, now: WallNs | undefined): string => {
  const { number, endsAt } = weekOf(wall);
  if (signals === 0) return 'without signals it earns no week';
  if (now !== undefined && now >= endsAt) return `week ${number} is over and paid, so it earns nothing more`;
  return `it pays by the week, and the first signal that comes within week ${number} qualifies for it`;
};

/**
 * By this box's clock, which stands for DIMO's. The older node answers with 400 and stores the others; the newer one
 * tells nobody.
 */
const aheadOf = ({ signals }: Status, node: NodeKind, now: WallNs | undefined): Prediction | undefined => {
  if (now === undefined) return undefined;
  const latest = now + BigInt(SKEW_MAX_MS) * NS_PER_MS;
  const ahead = signals.filter(({ wall }) => wall > latest).length;
  if (ahead === 0) return undefined;
  const words = `${counted(ahead, 'signal')} of ${signals.length} more than five minutes ahead of this clock, and DIMO drops such.`;
  return { expect: node === 'dis' ? 'refused' : 'unsure', words };
};

const doubtOf = (trust: TimeTrust, gzip: boolean): string | undefined => {
  if (gzip) return 'it is sent compressed, which the published code of neither ingest reads (options.gzip).';
  return trust === 'rtc'
    ? 'only a clock chip knew the time, and DIMO drops signals more than five minutes ahead of it.'
    : undefined;
};

/**
 * What DIMO's published code would answer to the status of an attestation. Its pay is by the week, for a paired
 * vehicle with a VIN attestation of DIMO's own, so no single one is worth anything by itself.
 */
export const predict = (
  settings: NetworkSettings,
  sending: Sending,
  { now }: Pick<PredictionContext, 'now'>,
): Prediction | undefined => {
  const checked = checkSettings(settings);
  if (!checked.ok || sending.of !== 'attestation') return undefined;
  const { delivery } = sending;
  const [device = ''] = delivery.stream.split('/');
  const parties = partiesOf(checked.value, device, SOME_ADDRESS);
  const read = readDelivery(delivery);
  if (parties === undefined || read === undefined) return undefined;
  const { trust } = read.statement.anchor;
  if (trust === 'none')
    return refused('the box did not know the time when it was read, and DIMO files everything by its time.');
  const status = statusOf(delivery, read, checked.value);
  if (isEmpty(status)) return undefined;
  const objection = headerObjection({
    type: 'dimo.status',
    ...parties,
    id: status.id,
    time: timeText(status.wall),
    dataversion: STATUS_VERSION,
  });
  if (objection !== undefined) return refused(`${objection}.`);
  const ahead = aheadOf(status, checked.value.node, now);
  if (ahead !== undefined) return ahead;
  const words = contentOf(status, now);
  const doubt = doubtOf(trust, checked.value.gzip);
  return doubt === undefined
    ? { expect: 'accepted', words }
    : { expect: 'unsure', words: `${words} But ${doubt}` };
};
