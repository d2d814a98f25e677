import {
  type DownlinkItem,
  fromBase64,
  ok,
  type Result,
  type TransmitAt,
  toBase64,
} from '@outpost/schemas/words';
import { readRate, writeRate } from './data-rate.ts';
import { malformed } from './datagram.ts';
import { type Members, numberIn, type Scale, scaledIn, textIn } from './members.ts';

const HERTZ: Scale = { factor: 1e6, min: 1, max: 100_000_000_000 };
const COUNTER: Scale = { factor: 1, min: 0, max: 0xffff_ffff };
const GPS_MS: Scale = { factor: 1, min: 0, max: 2 ** 43 };
const DBM: Scale = { factor: 1, min: -128, max: 127 };
const SYMBOLS: Scale = { factor: 1, min: 0, max: 65_535 };

const timing = (at: TransmitAt): Members => {
  switch (at.kind) {
    case 'immediately':
      return { imme: true };
    case 'count':
      return { imme: false, tmst: at.tmst };
    case 'gps':
      return { imme: false, tmms: at.tmms };
  }
};

/** The power that the forwarder is told: whole dBm, never more than what was asked for. */
export const wholeDbm = (powerDbm: number): number => Math.floor(powerDbm);

/** A `txpk` (PROTOCOL.md §6). Only what every forwarder knows: some refuse `ant` and `brd` (lorawan-stack#608). */
export const writeTxpk = (item: DownlinkItem): Members => ({
  ...timing(item.at),
  freq: item.frequencyHz / 1e6,
  rfch: 0,
  powe: wholeDbm(item.powerDbm),
  ...writeRate(item.modulation),
  ipol: item.invertPolarity,
  ...(item.preambleSymbols === undefined ? {} : { prea: item.preambleSymbols }),
  ...(item.noCrc ? { ncrc: true } : {}),
  size: item.phy.length,
  data: toBase64(item.phy),
});

const bad = (words: string): Result<never> => malformed('txpk', words);

const readTiming = (members: Members): TransmitAt | undefined => {
  if (members['imme'] === true || members['tmst'] === 'immediate') return { kind: 'immediately' };
  const tmst = scaledIn(members, 'tmst', COUNTER);
  if (typeof tmst === 'number') return { kind: 'count', tmst };
  const tmms = scaledIn(members, 'tmms', GPS_MS);
  return typeof tmms === 'number' ? { kind: 'gps', tmms } : undefined;
};

/**
 * For the simulator, and for what was sent as evidence. As the reference forwarder reads it: a time, `freq`, `rfch`,
 * `modu`, `datr`, `codr`, `size` and `data` must be there.
 */
export const readTxpk = (members: Members): Result<DownlinkItem> => {
  const at = readTiming(members);
  if (at === undefined) return bad('a transmission has no time.');
  const frequencyHz = scaledIn(members, 'freq', HERTZ);
  if (typeof frequencyHz !== 'number') return bad('a transmission has no frequency.');
  const rfch = numberIn(members, 'rfch');
  if (typeof rfch !== 'number') return bad('a transmission names no RF chain.');
  const modulation = readRate(members);
  if (modulation === undefined || modulation === false) return bad('a transmission has no rate.');
  const phy = fromBase64(textIn(members, 'data') ?? '=');
  if (phy === undefined || numberIn(members, 'size') !== phy.length || phy.length > 255)
    return bad('a transmission has not the bytes that its size says.');
  const powerDbm = scaledIn(members, 'powe', DBM);
  if (powerDbm === false) return bad('a transmission has no power in dBm.');
  const preamble = scaledIn(members, 'prea', SYMBOLS);
  return ok({
    phy,
    at,
    frequencyHz,
    powerDbm: powerDbm ?? 0,
    modulation,
    invertPolarity: members['ipol'] === true,
    preambleSymbols: preamble === false ? undefined : preamble,
    noCrc: members['ncrc'] === true,
  });
};
