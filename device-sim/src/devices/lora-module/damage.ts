import { asciiBytes, concatBytes } from '@outpost/schemas/words';
import type { Random } from '../../random/sfc32.ts';

/** What a bad line does to what a module prints. */
export interface Damage {
  /** Share of what is printed that breaks off. */
  readonly cutShare: number;
  /** Share before which the firmware prints a line of its log. */
  readonly logShare: number;
}

export const NO_DAMAGE: Damage = { cutShare: 0, logShare: 0 };

const LOGS: readonly string[] = [
  'DEBUG | ??:??:?? 1042 [Router] Lora RX (id=0x1b5d3f21 fr=0x43 to=0xff, WantAck=0, HopLim=3)\r\n',
  'INFO  | 12:31:07 2210 [GPS] Fix: 2, sats 7\r\n',
  '\u001b[34mDEBUG\u001b[0m | 00:00:12 [Power] Battery: usbPower=1\r\n',
  '\u0094\u00c3 no frame \u0094\u00c3\u0001\r\n',
];

export interface Damaged {
  readonly bytes: Uint8Array;
  /** Nothing of it is missing or changed. */
  readonly intact: boolean;
}

export const damaged = (random: Random, bytes: Uint8Array, { cutShare, logShare }: Damage): Damaged => {
  const isCut = random.unit() < cutShare && bytes.length > 1;
  const kept = isCut ? bytes.subarray(0, random.whole(bytes.length)) : bytes;
  const log =
    random.unit() < logShare ? asciiBytes(LOGS[random.whole(LOGS.length)] ?? '') : new Uint8Array(0);
  return { bytes: concatBytes(log, kept), intact: !isCut };
};
