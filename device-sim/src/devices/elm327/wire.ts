import { elm327Wire } from '@outpost/firmware-bridge/wires';

/** The dongle's side of the wire: the gateway's own codec, read the other way round. */
export const codec: typeof elm327Wire.elm327Codec = elm327Wire.elm327Codec;
export const canLine: typeof elm327Wire.canLine = elm327Wire.canLine;
export const segment: typeof elm327Wire.segment = elm327Wire.segment;
export const withLinefeeds: typeof elm327Wire.withLinefeeds = elm327Wire.withLinefeeds;

export type Command = elm327Wire.Command;
export type Request = elm327Wire.Request;
export type Event = elm327Wire.Event;
export type Trouble = elm327Wire.Trouble;

/** By this a gateway knows that it talks to a simulator; the dongle's names always hold it. */
export const SIMULATOR_MARK: typeof elm327Wire.SIMULATOR_MARK = elm327Wire.SIMULATOR_MARK;
