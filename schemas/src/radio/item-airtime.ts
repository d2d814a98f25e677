import type { DownlinkItem } from '../words/index.ts';
import { fskAirtimeUs, loraAirtimeUs, lorawanFrame, lrFhssAirtimeUs } from './airtime.ts';

const CODING_RATES: ReadonlyMap<string, number> = new Map([
  ['4/5', 1],
  ['4/6', 2],
  ['4/7', 3],
  ['4/8', 4],
]);

/** The preamble where nothing else is asked for (lora_pkt_fwd.c). */
const PREAMBLE_SYMBOLS = 8;

/** Microseconds that a transmission is on air; undefined where no radio can send it. */
export const itemAirtimeUs = ({
  modulation,
  phy,
  preambleSymbols,
  noCrc,
}: DownlinkItem): number | undefined => {
  switch (modulation.kind) {
    case 'lora': {
      const codingRate = CODING_RATES.get(modulation.codingRate === '' ? '4/5' : modulation.codingRate);
      if (codingRate === undefined) return undefined;
      const frame = lorawanFrame(modulation, phy.length, 'down');
      const preamble = preambleSymbols ?? PREAMBLE_SYMBOLS;
      return loraAirtimeUs({ ...frame, codingRate, preambleSymbols: preamble, crc: !noCrc });
    }
    case 'fsk':
      return preambleSymbols === undefined
        ? fskAirtimeUs(modulation, phy.length)
        : fskAirtimeUs(modulation, phy.length, preambleSymbols);
    case 'lr-fhss':
      return lrFhssAirtimeUs(modulation, phy.length);
  }
};
