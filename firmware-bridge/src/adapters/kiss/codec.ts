import { fail, ok } from '@outpost/schemas/words';
import { kissWire } from '../../lora-module/kiss-wire.ts';
import { malformed } from '../../lora-module/line-wire.ts';
import type { Codec, Wire } from '../../wire.ts';

/** One frame of a TNC: high digit of the first byte the radio, low digit what it is. */
export type TncFrame =
  | { readonly kind: 'data'; readonly port: number; readonly data: Uint8Array }
  /** Whatever the maker of the TNC means by it. */
  | { readonly kind: 'hardware'; readonly port: number; readonly data: Uint8Array };

const DATA = 0;
const HARDWARE = 6;
/** No LoRa frame is longer. */
const FRAME_MAX_BYTES = 255;

const wire: Wire<TncFrame> = kissWire<TncFrame>({
  family: 'kiss',
  read: ({ command, data }) => {
    const port = command >> 4;
    const kind = command & 0x0f;
    const isOne = data.length > 0 && data.length <= FRAME_MAX_BYTES;
    if (kind === DATA && isOne) return ok({ kind: 'data', port, data });
    if (kind === HARDWARE && isOne) return ok({ kind: 'hardware', port, data });
    return fail(malformed('kiss', 'command', 'a frame that no TNC sends.'));
  },
  write: ({ kind, port, data }) => ({ command: port * 16 + (kind === 'data' ? DATA : HARDWARE), data }),
});

/** KISS is the same in both directions. */
export const kissCodec: Codec<TncFrame, TncFrame> = { command: wire, event: wire };
