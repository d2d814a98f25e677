/** Messages as they are: what they mean stands in the owner's mapping, which the session applies. */
export { messageCodec as mappedCodec } from '../../mqtt/message-wire.ts';
