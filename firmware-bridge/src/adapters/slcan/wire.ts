/** What a simulator of the adapter needs: the same codec the gateway uses, and ISO-TP from the car's side. */
export {
  decodeFlowControl,
  encodeFlowControl,
  type FlowControl,
  isFlowControl,
} from '../../can/flow-control.ts';
export { type CanFrame, dataFrame } from '../../can/frame.ts';
export { type ReceiveRules, type Reception, receiveFrame, receiveOverdue } from '../../can/isotp-receive.ts';
export {
  type Sending,
  type SendRules,
  type Sent,
  sendDue,
  startSending,
  takeFlowControl,
} from '../../can/isotp-send.ts';
export { SIMULATOR_SERIAL } from './adapter-line.ts';
export { slcanCodec } from './codec.ts';
export { BIT_RATES_KBPS, type Command } from './command.ts';
export { type Event, FLAGS_BUS } from './event.ts';
