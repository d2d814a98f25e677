import {
  type DownlinkItem,
  fail,
  fault,
  fromHex,
  type Modulation,
  type Order,
  ok,
  type Result,
} from '@outpost/schemas/words';

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** An order before it has an identifier. */
export type OrderWish = WithoutId<Order>;

/** What `POST /order` carries, as JSON: `{"device": "hotspot", "kind": "approve", "gateway": "0016c001f0000001"}`. */
export interface OrderRequest {
  /** Undefined: the only one that takes such an order. */
  readonly device: string | undefined;
  readonly wish: OrderWish;
}

const ITEMS_MAX = 8;
const PHY_MAX_BYTES = 255;
const TEXT_MAX_CHARS = 64;

type Fields = Readonly<Record<string, unknown>>;

/** Thrown within this file alone, where a field says something that it cannot say. */
const wrong = (words: string): Error => new Error(words);

const fieldsOf = (value: unknown, what: string): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(`${what} is no object`);
  return value as Fields;
};

/** Nothing is passed over silently: a misspelt field would be one that the order does without. */
const only = (fields: Fields, names: readonly string[], what: string): void => {
  const unknown = Object.keys(fields).find((name) => !names.includes(name));
  if (unknown !== undefined) throw wrong(`${what} has no field "${unknown}" (it has ${names.join(', ')})`);
};

const textAt = (fields: Fields, name: string): string => {
  const value = fields[name];
  if (typeof value !== 'string' || value === '' || value.length > TEXT_MAX_CHARS) {
    throw wrong(`"${name}" must be a text of 1 to ${TEXT_MAX_CHARS} characters`);
  }
  return value;
};

const numberAt = (fields: Fields, name: string, least: number, most: number): number => {
  const value = fields[name];
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw wrong(`"${name}" must be a number from ${least} to ${most}`);
  }
  return value;
};

const wholeAt = (fields: Fields, name: string, least: number, most: number): number => {
  const value = numberAt(fields, name, least, most);
  if (!Number.isInteger(value)) throw wrong(`"${name}" must be a whole number`);
  return value;
};

const flagAt = (fields: Fields, name: string, otherwise: boolean): boolean => {
  const value = fields[name] ?? otherwise;
  if (typeof value !== 'boolean') throw wrong(`"${name}" must be true or false`);
  return value;
};

const euiAt = (fields: Fields): string => {
  const eui = textAt(fields, 'gateway').toLowerCase();
  if (!/^[0-9a-f]{16}$/.test(eui)) throw wrong('"gateway" must be an EUI of 16 hex digits');
  return eui;
};

const modulationOf = (value: unknown): Modulation => {
  const fields = fieldsOf(value, '"modulation"');
  if (fields['kind'] === 'fsk') {
    only(fields, ['kind', 'bitsPerSecond', 'deviationHz'], 'an FSK modulation');
    const deviation =
      fields['deviationHz'] === undefined ? undefined : wholeAt(fields, 'deviationHz', 1, 1e6);
    return { kind: 'fsk', bitsPerSecond: wholeAt(fields, 'bitsPerSecond', 100, 1e6), deviationHz: deviation };
  }
  if (fields['kind'] !== 'lora') throw wrong('a downlink is modulated by "lora" or by "fsk"');
  only(fields, ['kind', 'spreadingFactor', 'bandwidthHz', 'codingRate'], 'a LoRa modulation');
  return {
    kind: 'lora',
    spreadingFactor: wholeAt(fields, 'spreadingFactor', 5, 12),
    bandwidthHz: wholeAt(fields, 'bandwidthHz', 1, 2e6),
    codingRate: fields['codingRate'] === undefined ? '4/5' : textAt(fields, 'codingRate'),
  };
};

const momentOf = (value: unknown): DownlinkItem['at'] => {
  if (value === undefined || value === 'immediately') return { kind: 'immediately' };
  const fields = fieldsOf(value, '"at"');
  only(fields, ['kind', 'tmst', 'tmms'], '"at"');
  switch (fields['kind']) {
    case 'immediately':
      return { kind: 'immediately' };
    case 'count':
      return { kind: 'count', tmst: wholeAt(fields, 'tmst', 0, 0xffff_ffff) };
    case 'gps':
      return { kind: 'gps', tmms: wholeAt(fields, 'tmms', 0, Number.MAX_SAFE_INTEGER) };
    default:
      throw wrong('"at" is "immediately", a "count" or a "gps" time');
  }
};

const ITEM_FIELDS = [
  'phy',
  'at',
  'frequencyHz',
  'powerDbm',
  'modulation',
  'invertPolarity',
  'preambleSymbols',
  'noCrc',
] as const;

const itemOf = (value: unknown): DownlinkItem => {
  const fields = fieldsOf(value, 'an item');
  only(fields, ITEM_FIELDS, 'an item');
  const { phy: hex } = fields;
  const phy = typeof hex === 'string' ? fromHex(hex) : undefined;
  if (phy === undefined || phy.length === 0 || phy.length > PHY_MAX_BYTES) {
    throw wrong(`"phy" must be 1 to ${PHY_MAX_BYTES} bytes in hex`);
  }
  const isSet = fields['preambleSymbols'] !== undefined;
  return {
    phy,
    at: momentOf(fields['at']),
    frequencyHz: wholeAt(fields, 'frequencyHz', 1, 10e9),
    powerDbm: numberAt(fields, 'powerDbm', -20, 36),
    modulation: modulationOf(fields['modulation']),
    invertPolarity: flagAt(fields, 'invertPolarity', true),
    preambleSymbols: isSet ? wholeAt(fields, 'preambleSymbols', 1, 0xffff) : undefined,
    noCrc: flagAt(fields, 'noCrc', true),
  };
};

const itemsOf = (value: unknown): readonly DownlinkItem[] => {
  if (!Array.isArray(value) || value.length === 0 || value.length > ITEMS_MAX) {
    throw wrong(`"items" must be a list of 1 to ${ITEMS_MAX}`);
  }
  return value.map(itemOf);
};

const wishOf = (fields: Fields): OrderWish => {
  const { kind } = fields;
  const fieldsBeside = (...names: readonly string[]): void =>
    only(fields, ['device', 'kind', ...names], `an order "${String(kind)}"`);
  switch (kind) {
    case 'approve':
    case 'forbid':
      fieldsBeside('gateway');
      return { kind, gateway: euiAt(fields) };
    case 'downlink':
    case 'beacon':
      fieldsBeside('gateway', 'items');
      return { kind, gateway: euiAt(fields), items: itemsOf(fields['items']) };
    case 'output':
      fieldsBeside('output', 'value');
      return { kind, output: textAt(fields, 'output'), value: numberAt(fields, 'value', -1e9, 1e9) };
    case 'restart':
      fieldsBeside();
      return { kind };
    default:
      throw wrong('"kind" is one of approve, forbid, downlink, beacon, output, restart');
  }
};

/** Reads what somebody wants of a device. A fault is `malformed`, in words for whoever wrote it. */
export const readOrderRequest = (value: unknown): Result<OrderRequest> => {
  try {
    const fields = fieldsOf(value, 'an order');
    const device = fields['device'] === undefined ? undefined : textAt(fields, 'device');
    return ok({ device, wish: wishOf(fields) });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return fail(fault('malformed', 'order.unreadable', 'order', `${words}.`));
  }
};
