import { loraAirtimeUs, type Permission, permit, withdrawEmission } from '@outpost/schemas/radio';
import type { DownlinkItem, Order, OrderOutcome, Result } from '@outpost/schemas/words';
import { fail, fault, ok } from '@outpost/schemas/words';
import { planOf } from './asking.ts';
import { writeDuty } from './duty-memory.ts';
import type { FrameSending } from './family.ts';
import { withSentMark } from './mark.ts';
import { emissionOf } from './reception.ts';
import type { RadioSettings } from './settings.ts';
import { change, ORDERS_WAITING_MAX, report, type Turn } from './state.ts';

export const outcome = <C, E>(turn: Turn<C, E>, done: OrderOutcome): void => {
  turn.outcomes.push(done);
};

export const refuseOrder = <C, E>(
  turn: Turn<C, E>,
  { id }: Order,
  code: string,
  words: string,
  items?: readonly string[],
): void => outcome(turn, { id, kind: 'refused', code, words, ...(items === undefined ? {} : { items }) });

const no = (code: string, words: string): Result<never> => fail(fault('refused', code, 'module', words));

const sameRadio = (item: DownlinkItem, settings: RadioSettings): boolean => {
  const { modulation, preambleSymbols = settings.preambleSymbols } = item;
  return (
    modulation.kind === 'lora' &&
    item.frequencyHz === settings.frequencyHz &&
    modulation.spreadingFactor === settings.spreadingFactor &&
    modulation.bandwidthHz === settings.bandwidthHz &&
    (modulation.codingRate === '' || modulation.codingRate === `4/${settings.codingRate + 4}`) &&
    preambleSymbols === settings.preambleSymbols
  );
};

/** Microseconds on air and the power that leaves the antenna. */
interface Emitted {
  readonly airtimeUs: number;
  readonly eirpDbm: number;
}

const eirpOf = ({ powerDbm, antennaGainDbi }: RadioSettings): number => powerDbm + antennaGainDbi;

/** Whether the module can send this as it is wanted; the law is asked after that. */
const fits = (
  item: DownlinkItem,
  settings: RadioSettings,
  sending: Omit<FrameSending<never>, 'ask'>,
): Result<Emitted> => {
  const eirpDbm = eirpOf(settings);
  if (item.at.kind !== 'immediately') return no('no-clock', 'the module has no clock to send by.');
  if (!sameRadio(item, settings)) return no('not-tuned', 'the module is set to another channel or rate.');
  if (item.invertPolarity) return no('polarity', 'the module sends with plain polarity only.');
  if (item.noCrc) return no('checksum', 'the module sends a checksum with each frame.');
  if (item.powerDbm < eirpDbm) return no('power', `the module is set to ${eirpDbm} dBm EIRP, which is more.`);
  if (item.phy.length === 0 || item.phy.length > sending.maxBytes) {
    return no('length', `the module sends 1 to ${sending.maxBytes} bytes.`);
  }
  const { spreadingFactor, bandwidthHz, codingRate, preambleSymbols } = settings;
  const airtimeUs = loraAirtimeUs({
    rate: { kind: 'lora', spreadingFactor, bandwidthHz },
    codingRate,
    payloadBytes: item.phy.length + sending.addedBytes,
    preambleSymbols,
    crc: true,
    explicitHeader: true,
  });
  return airtimeUs === undefined ? no('length', 'no radio can send that.') : ok({ airtimeUs, eirpDbm });
};

interface Allowed extends Emitted {
  readonly permission: Permission;
}

const allow = <C, E>(turn: Turn<C, E>, item: DownlinkItem): Result<Allowed> => {
  const { settings, family, state, now } = turn;
  if (settings === undefined || family.sending === undefined)
    return no('not-tuned', 'nobody set the module.');
  if (settings.region?.listenBeforeTalk === true) {
    return no(
      'listen-before-talk',
      `${settings.region.name} wants the channel heard first; the module cannot.`,
    );
  }
  const fitting = fits(item, settings, family.sending);
  if (!fitting.ok) return fitting;
  const { frequencyHz, spreadingFactor, bandwidthHz } = settings;
  const { eirpDbm, airtimeUs } = fitting.value;
  const rate = { kind: 'lora', spreadingFactor, bandwidthHz } as const;
  const wish = { frequencyHz, rate, eirpDbm, airtimeUs, start: now };
  const permitted = permit(settings.region, wish, state.ledger, now);
  if (!permitted.ok) return no(permitted.fault.code.replace('radio.', ''), permitted.fault.words);
  return ok({ ...fitting.value, permission: permitted.value });
};

/** Takes an order in, or answers it at once. */
export const takeOrder = <C, E>(turn: Turn<C, E>, order: Order): void => {
  const { family, state } = turn;
  if (order.kind === 'restart' && family.reset !== undefined && state.restartOrder === undefined) {
    change(turn, { restartOrder: order, needsSetUp: true });
  } else if (order.kind !== 'downlink' && order.kind !== 'beacon') {
    refuseOrder(turn, order, 'not-taken', `a module takes no such order "${order.kind}" now.`);
  } else if (!state.isSet) {
    refuseOrder(turn, order, 'not-ready', 'the module is not set up yet.');
  } else if (state.orders.length >= ORDERS_WAITING_MAX) {
    refuseOrder(turn, order, 'busy', `${ORDERS_WAITING_MAX} orders wait for the module already.`);
  } else change(turn, { orders: [...state.orders, order] });
};

/** Begins to send what waits first, or answers why it is not sent. */
export const sendFirst = <C, E>(turn: Turn<C, E>): void => {
  const [order, ...orders] = turn.state.orders;
  change(turn, { orders });
  if (order?.kind !== 'downlink' && order?.kind !== 'beacon') return;
  const codes: string[] = [];
  let words = 'there is nothing to send in it.';
  for (const [index, item] of order.items.entries()) {
    const allowed = allow(turn, item);
    if (!allowed.ok) {
      codes.push(allowed.fault.code);
      ({ words } = allowed.fault);
      continue;
    }
    const { permission, airtimeUs } = allowed.value;
    const ask = turn.family.sending?.ask(item.phy);
    if (ask === undefined) break;
    const withinMs = ask.withinMs + Math.ceil(airtimeUs / 1_000);
    const outgoing = { order, item: index, phy: item.phy, emission: permission.emission };
    change(turn, {
      ledger: permission.ledger,
      outgoing,
      plan: planOf('send', [{ ...ask, withinMs, once: true }]),
    });
    report(turn, turn.state.phase, writeDuty(permission.ledger, turn.now));
    return;
  }
  refuseOrder(turn, order, codes.at(-1) ?? 'nothing-to-send', words, codes);
};

/**
 * The frame went out. `raw` is the module's word for it, absent where it says nothing. True where that is evidence.
 */
export const frameSent = <C, E>(turn: Turn<C, E>, raw: Uint8Array | undefined): boolean => {
  const { settings, state } = turn;
  const { outgoing, simulated } = state;
  if (outgoing === undefined) return false;
  const { order, item, phy } = outgoing;
  const words = raw === undefined ? 'handed to the module, which does not say what became of it.' : 'sent.';
  outcome(turn, { id: order.id, kind: 'done', words, item });
  change(turn, { outgoing: undefined, receiving: false });
  if (order.kind !== 'beacon' || raw === undefined || settings === undefined) return false;
  const eirpDbm = eirpOf(settings);
  turn.said.push({
    body: emissionOf(phy, settings, eirpDbm),
    raw: withSentMark(settings, eirpDbm, phy, raw),
    origin: simulated ? 'simulated' : 'live',
  });
  return true;
};

/** It did not go out, or nobody knows: then its time on air stays counted. */
export const frameNotSent = <C, E>(turn: Turn<C, E>, code: string, unknown: boolean): void => {
  const { outgoing, ledger } = turn.state;
  if (outgoing === undefined) return;
  const words = unknown ? 'the module did not say whether it was sent.' : 'the module did not send it.';
  refuseOrder(turn, outgoing.order, code, words);
  const left = unknown ? ledger : withdrawEmission(ledger, outgoing.emission);
  change(turn, { outgoing: undefined, receiving: false, ledger: left });
};
