import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { CanFrame } from '../../can/frame.ts';
import { readPayload } from '../../mapping/index.ts';
import { type Message, readMessage, writeMessage } from '../../message.ts';
import { wholeMessage } from '../../mqtt/message-wire.ts';
import type { Item, Wire } from '../../wire.ts';
import { readFrame, writeFrame } from './frame.ts';

/** What a WiCAN publishes. Every frame of a message is an item of its own. */
export type Event =
  | {
      readonly kind: 'frame';
      readonly topic: string;
      readonly direction: 'rx' | 'tx';
      readonly frame: CanFrame;
    }
  /** A JSON value: the status, parameters by name, one parameter, the answer to a command. */
  | { readonly kind: 'values'; readonly topic: string; readonly document: unknown };

/** No frame has more of them; the firmware's buffer holds about twenty. */
const FRAMES_MAX = 256;

/** `wican/<id>/can/rx`, `/can/tx` and, as a log, `/elm327` carry frames; the same topics also carry parameters. */
const HEADER = /^\s*\{[^[\]{}]*"type"\s*:\s*"(rx|tx)"[^[\]{}]*"frame"\s*:\s*\[/;

const malformed = (frame: Uint8Array, words: string): readonly Item<Event>[] => [
  { raw: frame, result: fail(fault('malformed', 'wican.message', 'message', words)) },
];

/** The exact text of each element, and nothing of its siblings; undefined where the list does not end. */
const elementsOf = (text: string): readonly string[] | undefined => {
  const elements: string[] = [];
  let at = 0;
  for (;;) {
    const [all, element, end] = /^\s*,?\s*(?:(\{[^{}]*\})|(\]))/.exec(text.slice(at, at + 512)) ?? [];
    if (end !== undefined) return elements;
    if (all === undefined || element === undefined || elements.length === FRAMES_MAX) return undefined;
    elements.push(element);
    at += all.length;
  }
};

const framesOf = (frame: Uint8Array, { topic, payload }: Message): readonly Item<Event>[] | undefined => {
  const read = readPayload(payload, 'text');
  const text = read.ok ? String(read.value) : '';
  const [header, direction] = HEADER.exec(text) ?? [];
  if (header === undefined) return undefined;
  const elements = elementsOf(text.slice(header.length));
  if (elements === undefined)
    return malformed(frame, 'its list of frames does not end, or is no list of frames.');
  return elements.map((element) => {
    const can = readFrame(element);
    const raw = writeMessage({ topic, payload: new TextEncoder().encode(element) });
    const result: Result<Event> = can.ok
      ? ok({ kind: 'frame', topic, direction: direction === 'tx' ? 'tx' : 'rx', frame: can.value })
      : can;
    return { raw, result };
  });
};

const decode = (frame: Uint8Array): readonly Item<Event>[] => {
  const message = readMessage(frame);
  if (!message.ok) return [{ raw: frame, result: message }];
  const frames = framesOf(frame, message.value);
  if (frames !== undefined) return frames;
  const { topic, payload } = message.value;
  const document = readPayload(payload, 'json');
  return [
    { raw: frame, result: document.ok ? ok({ kind: 'values', topic, document: document.value }) : document },
  ];
};

const encode = (event: Event): Uint8Array => {
  const { topic } = event;
  const text =
    event.kind === 'values'
      ? JSON.stringify(event.document)
      : `{"bus":"0","type":"${event.direction}","ts":0,"frame":[${writeFrame(event.frame)}]}`;
  return writeMessage({ topic, payload: new TextEncoder().encode(text) });
};

/** The raw bytes of a frame are its topic and the exact text of its own element, without its siblings. */
export const eventWire: Wire<Event> = { tailMaxBytes: 0, cut: wholeMessage, decode, encode };
