import { asciiBytes, asciiText, fail, fault, ok } from '@outpost/schemas/words';
import { lineCutter } from '../../cut-lines.ts';
import type { Codec, Wire } from '../../wire.ts';
import { type GpsdEvent, LINE_MAX_BYTES, readEvent } from './event.ts';
import { writeEvent } from './write.ts';

/** The one command that is ever sent: report as JSON. */
export interface GpsdCommand {
  readonly kind: 'watch';
}

const LINE_FEED = 0x0a;
const WATCH = '?WATCH={"enable":true,"json":true};\n';

const endsLine = (bytes: Uint8Array, _from: number, at: number): boolean => bytes[at] === LINE_FEED;

const commandWire: Wire<GpsdCommand> = {
  tailMaxBytes: LINE_MAX_BYTES,
  cut: lineCutter(LINE_MAX_BYTES, endsLine),
  decode: (frame) => [
    {
      raw: frame,
      result: /^\?WATCH=\{.*"enable":true.*"json":true.*\};?\r?\n$/.test(asciiText(frame))
        ? ok({ kind: 'watch' })
        : fail(fault('malformed', 'gpsd.command', 'gpsd', 'this is no command to watch.')),
    },
  ],
  encode: () => asciiBytes(WATCH),
};

/** What gpsd sends. Each line is one item, whose `raw` is the line with its end. */
export const eventWire: Wire<GpsdEvent> = {
  tailMaxBytes: LINE_MAX_BYTES,
  cut: lineCutter(LINE_MAX_BYTES, endsLine),
  decode: (frame) => (asciiText(frame).trim() === '' ? [] : [{ raw: frame, result: readEvent(frame) }]),
  encode: writeEvent,
};

/** The JSON protocol of gpsd (gpsd_json(5)), on TCP port 2947. */
export const gpsdCodec: Codec<GpsdCommand, GpsdEvent> = { command: commandWire, event: eventWire };
