import { fail, ok } from '@outpost/schemas/words';
import { type KissFrame, kissWire } from '../../lora-module/kiss-wire.ts';
import { malformed } from '../../lora-module/line-wire.ts';
import type { Codec, Wire } from '../../wire.ts';

/** Commands of RNode firmware: each is a whole byte, said the same way in both directions. */
export const RNODE = {
  data: 0x00,
  frequency: 0x01,
  bandwidth: 0x02,
  power: 0x03,
  spreadingFactor: 0x04,
  codingRate: 0x05,
  radioState: 0x06,
  detect: 0x08,
  leave: 0x0a,
  ready: 0x0f,
  received: 0x21,
  transmitted: 0x22,
  rssi: 0x23,
  snr: 0x24,
  channelTime: 0x25,
  radioParameters: 0x26,
  battery: 0x27,
  board: 0x47,
  platform: 0x48,
  mcu: 0x49,
  firmware: 0x50,
  reset: 0x55,
  error: 0x90,
} as const;

/** How many bytes each has; `data` has 1 to 255. Others are of firmware that is newer than this. */
const LENGTHS: ReadonlyMap<number, number> = new Map([
  [RNODE.frequency, 4],
  [RNODE.bandwidth, 4],
  [RNODE.power, 1],
  [RNODE.spreadingFactor, 1],
  [RNODE.codingRate, 1],
  [RNODE.radioState, 1],
  [RNODE.detect, 1],
  [RNODE.received, 4],
  [RNODE.transmitted, 4],
  [RNODE.rssi, 1],
  [RNODE.snr, 1],
  [RNODE.reset, 1],
  [RNODE.error, 1],
]);
/** Longer ones were two frames on the air. */
const FRAME_MAX_BYTES = 255;

const fits = ({ command, data }: KissFrame): boolean => {
  const length = LENGTHS.get(command);
  return length === undefined ? data.length > 0 && data.length <= FRAME_MAX_BYTES : data.length === length;
};

const wire: Wire<KissFrame> = kissWire({
  family: 'rnode',
  read: (frame) =>
    fits(frame) ? ok(frame) : fail(malformed('rnode', 'length', 'a frame of a length that no RNode sends.')),
  write: (frame) => frame,
});

/** KISS frames with the commands of RNode firmware. */
export const rnodeCodec: Codec<KissFrame, KissFrame> = { command: wire, event: wire };
