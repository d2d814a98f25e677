/** What a simulator of gateways needs: the same codec the gateway uses, and what its parts say. */
export { gwmpCodec, type Push, writePush } from './codec.ts';
export { type From, gatewayDatagram, ID, type Version } from './datagram.ts';
export type { GwmpCommand, GwmpEvent } from './event.ts';
export { checkOptions } from './options.ts';
export type { Stat } from './stat.ts';
export { TAKEN, type TxAck } from './tx-ack.ts';
