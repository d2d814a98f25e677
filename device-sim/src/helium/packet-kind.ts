const JOIN_REQUEST = 0;
const UNCONFIRMED_UP = 2;
const CONFIRMED_UP = 4;
const JOIN_BYTES = 23;
/** Header, address, control and counter; then options, and at least the MIC. */
const FIXED_BYTES = 8;
const MIC_BYTES = 4;

/**
 * What a frame is by `hpr_packet_up:type` of helium-packet-router, which looks at no more than this: not even at the
 * major version. Undefined for what the router drops.
 */
export const packetKind = (phy: Uint8Array): 'join' | 'uplink' | undefined => {
  const type = (phy[0] ?? 0) >> 5;
  if (type === JOIN_REQUEST) return phy.length === JOIN_BYTES ? 'join' : undefined;
  if (type !== UNCONFIRMED_UP && type !== CONFIRMED_UP) return undefined;
  const options = (phy[5] ?? 0) & 0x0f;
  const body = phy.length - FIXED_BYTES - options - MIC_BYTES;
  if (body < 0) return undefined;
  const port = body > 0 ? phy[FIXED_BYTES + options] : undefined;
  return port === 0 && options > 0 ? undefined : 'uplink';
};
