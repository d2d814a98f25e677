import type { Fate, Peer, Step } from '@outpost/firmware-bridge';
import { gwmpParts, gwmpWire } from '@outpost/firmware-bridge/wires';
import type { Order, OrderId } from '@outpost/schemas/words';
import { type ForwarderInput, stepForwarder } from '../devices/gwmp/forwarder.ts';
import { eventQueue } from '../radio/event-queue.ts';
import { random } from '../random/sfc32.ts';
import {
  counterOf,
  type Day,
  DISK_US,
  type GwmpDayReport,
  type Happening,
  HOUR_US,
  heardFrame,
  isIn,
  itemAfter,
  LOST_SHARE,
  monoOf,
  newHotspot,
  ORDER_EVERY_US,
  RATES,
  TROUBLES,
  US_PER_S,
} from './gwmp-day-state.ts';

const noteHappening = (day: Day, what: string, words: string): void => {
  const gateway = day.hotspots.findIndex(({ forwarder }) => words.includes(forwarder.eui));
  const cause = TROUBLES.find(
    (each) => each.hotspot === gateway && (each.begins === what || each.ends === what),
  );
  const since = cause === undefined ? 0 : what === cause.begins ? cause.fromUs : cause.toUs;
  if (what !== 'address-bound')
    day.told.push({ what, gateway, afterS: Math.round((day.nowUs - since) / US_PER_S) });
};

const takeFate = (day: Day, fate: Fate): void => {
  if (fate.kind === 'dropped') day.dropped[fate.reason] = (day.dropped[fate.reason] ?? 0) + 1;
  else day.counts[fate.kind] += 1;
};

const isLost = (day: Day): boolean => day.chance.unit() < LOST_SHARE;
/** Mostly some ms, now and then a long one. */
const delayUs = (day: Day): number => Math.round(-Math.log(1 - day.chance.unit()) * 8_000) + 1_000;

const takeStep = (day: Day, step: Step<Day['state'], gwmpWire.GwmpCommand>): void => {
  const { queue, nowUs } = day;
  day.state = step.state;
  for (const fate of step.fates) takeFate(day, fate);
  for (const { body } of step.said) if (body.kind === 'reception') day.counts.receptions += 1;
  for (const { what, words } of step.happenings ?? []) noteHappening(day, what, words);
  for (const outcome of step.outcomes ?? []) {
    if (!day.open.delete(outcome.id)) day.counts.badOrders += 1;
    const name = outcome.kind === 'refused' ? outcome.code : outcome.kind;
    day.outcomes[name] = (day.outcomes[name] ?? 0) + 1;
  }
  const post = (command: gwmpWire.GwmpCommand, afterUs: number): void => {
    if (command.to === undefined || isLost(day)) return;
    const bytes = gwmpWire.gwmpCodec.command.encode(command);
    queue.put(nowUs + afterUs + delayUs(day), { kind: 'down', to: command.to, bytes });
  };
  for (const command of step.commands) post(command, 0);
  for (const command of step.whenKept) post(command, DISK_US);
  day.generation += 1;
  const quietUs = 1_000 * (step.silenceAfterMs ?? 0);
  queue.put(nowUs + quietUs, { kind: 'silence', generation: day.generation });
};

const hear = (day: Day, bytes: Uint8Array, peer: Peer): void => {
  const now = monoOf(day.nowUs);
  for (const { raw, result } of gwmpWire.gwmpCodec.event.decode(bytes)) {
    day.counts.items += 1;
    if (result.ok && result.value.kind === 'heard') day.counts.arrivedFrames += 1;
    const input = result.ok
      ? ({ kind: 'event', event: result.value, raw, peer } as const)
      : ({ kind: 'malformed', fault: result.fault, raw, peer } as const);
    takeStep(day, day.session.step(day.state, input, now));
  }
};

const turn = (day: Day, index: number, input: ForwarderInput): void => {
  const hotspot = day.hotspots[index];
  if (hotspot === undefined || isIn('away', index, day.nowUs)) return;
  const counter = counterOf(hotspot, day.nowUs);
  const { state, sent, onAir, wakeAtUs } = stepForwarder(hotspot.forwarder, hotspot.state, input, counter);
  hotspot.state = state;
  day.counts.onAir += onAir.length;
  for (const { socket, bytes } of sent) {
    if (isLost(day)) day.counts.pushesLost += bytes[3] === gwmpWire.ID.pushData ? 1 : 0;
    else
      day.queue.put(day.nowUs + delayUs(day), {
        kind: 'up',
        hotspot: index,
        peer: hotspot.peers[socket],
        bytes,
      });
  }
  const wakeUs = day.nowUs + Math.max(100, wakeAtUs - counter);
  if (wakeUs >= hotspot.wakeUs && hotspot.wakeUs > day.nowUs) return;
  hotspot.wakeUs = wakeUs;
  day.queue.put(wakeUs, { kind: 'wake', hotspot: index });
};

const nextFrame = (day: Day, index: number): void => {
  const rate = RATES[index] ?? 1;
  const waitUs = -Math.log(1 - day.chance.unit()) * (US_PER_S / rate);
  day.queue.put(day.nowUs + Math.max(50_000, Math.round(waitUs)), { kind: 'frame', hotspot: index });
};

const frame = (day: Day, index: number): void => {
  const hotspot = day.hotspots[index];
  nextFrame(day, index);
  if (hotspot === undefined || isIn('deaf', index, day.nowUs) || isIn('away', index, day.nowUs)) return;
  hotspot.lastTmst = counterOf(hotspot, day.nowUs) % 2 ** 32;
  day.counts.frames += 1;
  turn(day, index, { kind: 'heard', frames: [heardFrame(day, hotspot.lastTmst)] });
};

/** As a network does it: an answer to the last frame, in either window. */
const give = (day: Day): void => {
  const { session, queue, nowUs, hotspots, chance } = day;
  queue.put(nowUs + ORDER_EVERY_US, { kind: 'order' });
  const hotspot = hotspots[chance.whole(hotspots.length)];
  if (hotspot === undefined || session.order === undefined) throw new Error('no hotspots, or no orders');
  const id = `o${day.counts.orders}` as OrderId;
  day.counts.orders += 1;
  day.open.add(id);
  const items = [itemAfter(hotspot.lastTmst, 1), itemAfter(hotspot.lastTmst, 2)];
  const order: Order = { id, kind: 'downlink', gateway: hotspot.forwarder.eui, items };
  takeStep(day, session.order(day.state, order, monoOf(nowUs)));
};

const deliver = (day: Day, { to, bytes }: Extract<Happening, { readonly kind: 'down' }>): void => {
  const index = day.hotspots.findIndex(({ peers }) => peers.up === to || peers.down === to);
  const socket = day.hotspots[index]?.peers.up === to ? 'up' : 'down';
  turn(day, index, { kind: 'datagram', socket, bytes });
};

const act = (day: Day, happening: Happening): void => {
  switch (happening.kind) {
    case 'frame':
      frame(day, happening.hotspot);
      break;
    case 'wake': {
      turn(day, happening.hotspot, { kind: 'time' });
      // Whoever is away sleeps on.
      const hotspot = day.hotspots[happening.hotspot];
      if (hotspot === undefined || hotspot.wakeUs > day.nowUs) break;
      hotspot.wakeUs = day.nowUs + US_PER_S;
      day.queue.put(hotspot.wakeUs, happening);
      break;
    }
    case 'order':
      give(day);
      break;
    case 'silence':
      if (happening.generation === day.generation)
        takeStep(day, day.session.step(day.state, { kind: 'silence' }, monoOf(day.nowUs)));
      break;
    case 'up':
      hear(day, happening.bytes, happening.peer);
      break;
    case 'down':
      deliver(day, happening);
      break;
  }
};

const newDay = (seed: number): Day => {
  const hotspots = RATES.map((_, n) => newHotspot(n));
  const options = gwmpWire.checkOptions({
    allow: hotspots.map(({ forwarder }) => forwarder.eui),
    region: 'EU868',
  });
  if (!options.ok) throw new Error(options.fault.words);
  const session = gwmpParts.session(options.value);
  const counts = {
    ...{ frames: 0, arrivedFrames: 0, pushesLost: 0, items: 0, observed: 0, control: 0, quarantined: 0 },
    ...{ receptions: 0, orders: 0, badOrders: 0, onAir: 0 },
  };
  const day: Day = {
    ...{ chance: random(seed, 'gwmp-day'), queue: eventQueue<Happening>(), hotspots, session, counts },
    ...{
      dropped: {},
      outcomes: {},
      told: [],
      open: new Set(),
      state: session.initial,
      generation: 0,
      nowUs: 0,
    },
  };
  for (const [n] of hotspots.entries()) {
    nextFrame(day, n);
    turn(day, n, { kind: 'time' });
  }
  day.queue.put(ORDER_EVERY_US, { kind: 'order' });
  takeStep(day, session.step(day.state, { kind: 'opened' }, monoOf(0)));
  return day;
};

/** What was told of each trouble in time; the rest is told of nothing. */
const judged = ({ told }: Day, hours: number): { readonly falseAlarms: number; readonly missed: number } => {
  const due = TROUBLES.filter(({ toUs }) => toUs < hours * HOUR_US).flatMap(
    ({ hotspot, begins, ends, withinS }) => [
      { what: begins, hotspot, withinS },
      { what: ends, hotspot, withinS: 60 },
    ],
  );
  const met = due.filter(({ what, hotspot, withinS }) =>
    told.some(
      (each) => each.what === what && each.gateway === hotspot && each.afterS >= 0 && each.afterS <= withinS,
    ),
  );
  return { falseAlarms: told.length - met.length, missed: due.length - met.length };
};

/** Eight hotspots and their gateway through hours of simulated time, over a network that loses and delays. */
export const gwmpDay = (
  hours: number,
  seed: number,
  passed: (hours: number) => void = () => undefined,
): GwmpDayReport => {
  const day = newDay(seed);
  const { queue, counts, dropped, outcomes, told } = day;
  for (let hour = 0; ; ) {
    const atUs = queue.nextUs();
    if (atUs === undefined || atUs >= hours * HOUR_US) break;
    day.nowUs = atUs;
    const happening = queue.take();
    if (happening !== undefined) act(day, happening);
    if (atUs >= (hour + 1) * HOUR_US) {
      hour += 1;
      passed(hour);
    }
  }
  const total = (name: 'pushed' | 'acked' | 'late'): number =>
    day.hotspots.reduce((sum, { state }) => sum + state.totals[name], 0);
  const { items, observed, control, quarantined, arrivedFrames, receptions, orders, badOrders } = counts;
  const decided =
    observed + control + quarantined + Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return {
    ...{ hours, frames: counts.frames, pushesLost: counts.pushesLost },
    ...{ pushes: total('pushed'), acknowledged: total('acked'), late: total('late') },
    ...{
      items,
      observed,
      control,
      quarantined,
      dropped,
      receptions,
      orders,
      outcomes,
      onAir: counts.onAir,
      told,
    },
    wrong: {
      conservation: Math.abs(items - decided),
      frames: Math.abs(arrivedFrames - receptions),
      // Those of the last seconds may still be open.
      orders: badOrders + Math.max(0, day.open.size - 1),
      ...judged(day, hours),
    },
  };
};
