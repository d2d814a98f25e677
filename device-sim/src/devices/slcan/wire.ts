import { slcanWire } from '@outpost/firmware-bridge/wires';

/** The wire of the adapter, as the gateway has it: the simulator speaks the other side of the same code. */
export const codec: typeof slcanWire.slcanCodec = slcanWire.slcanCodec;
export const { BIT_RATES_KBPS, FLAGS_BUS, SIMULATOR_SERIAL, dataFrame, encodeFlowControl, isFlowControl } =
  slcanWire;
export const { sendDue, startSending, takeFlowControl } = slcanWire;
export const receiveFrame: typeof slcanWire.receiveFrame = slcanWire.receiveFrame;
export type CanFrame = slcanWire.CanFrame;
export type Command = slcanWire.Command;
export type Event = slcanWire.Event;
export type Reception = slcanWire.Reception<number>;
export type Sending = slcanWire.Sending;
export type SendRules = slcanWire.SendRules;
export type Sent = slcanWire.Sent;
