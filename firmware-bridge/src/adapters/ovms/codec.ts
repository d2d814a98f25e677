/** Messages as they are: the topic says what a payload is. */
export { messageCodec as ovmsCodec } from '../../mqtt/message-wire.ts';
