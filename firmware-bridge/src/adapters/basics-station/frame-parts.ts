import { toHex } from '@outpost/schemas/words';

/** A frame as a station tells of it: `msgtype` and its members. */
export type FrameParts = Readonly<Record<string, unknown>>;

const LENGTHS = { join: 23, data: 12 } as const;
/** Header of a frame: three bits of type, three that must be zero, two of the version. */
const NOT_TYPE = 0x1f;
const JOIN_REQUEST = 0;
const JOIN_ACCEPT = 1;
const DOWN = new Set([3, 5]);
const REJOIN = 6;
const PROPRIETARY = 7;

const viewOf = (phy: Uint8Array): DataView => new DataView(phy.buffer, phy.byteOffset, phy.byteLength);
const euiOf = (bytes: Uint8Array): string =>
  Array.from(bytes.toReversed(), (byte) => byte.toString(16).padStart(2, '0'))
    .join('-')
    .toUpperCase();
const hexOf = (bytes: Uint8Array): string => toHex(bytes).toUpperCase();

const joinParts = (type: number, phy: Uint8Array): FrameParts | undefined => {
  if (phy.length !== LENGTHS.join) return undefined;
  const view = viewOf(phy);
  return {
    msgtype: type === REJOIN ? 'rejoin' : 'jreq',
    MHdr: phy[0],
    JoinEui: euiOf(phy.subarray(1, 9)),
    DevEui: euiOf(phy.subarray(9, 17)),
    DevNonce: view.getUint16(17, true),
    MIC: view.getInt32(19, true),
  };
};

const dataParts = (type: number, phy: Uint8Array): FrameParts | undefined => {
  const control = phy[5] ?? 0;
  const optionsEnd = 8 + (control & 0x0f);
  const micAt = phy.length - 4;
  if (phy.length < LENGTHS.data || optionsEnd > micAt) return undefined;
  const view = viewOf(phy);
  const hasPort = optionsEnd < micAt;
  return {
    msgtype: DOWN.has(type) ? 'dndf' : 'updf',
    MHdr: phy[0],
    DevAddr: view.getInt32(1, true),
    FCtrl: control,
    FCnt: view.getUint16(6, true),
    FOpts: hexOf(phy.subarray(8, optionsEnd)),
    FPort: hasPort ? phy[optionsEnd] : -1,
    FRMPayload: hexOf(phy.subarray(hasPort ? optionsEnd + 1 : optionsEnd, micAt)),
    MIC: view.getInt32(micAt, true),
  };
};

/**
 * Takes a frame apart as a station does (basicstation 2.0.6, src/lora.c); undefined for one that it does not pass on.
 * For whoever plays one: the opposite of `phyOf`.
 */
export const framePartsOf = (phy: Uint8Array): FrameParts | undefined => {
  const [header] = phy;
  if (header === undefined) return undefined;
  const type = header >> 5;
  if ((header & NOT_TYPE) !== 0) return undefined;
  if (type === PROPRIETARY || type === JOIN_ACCEPT)
    return { msgtype: type === PROPRIETARY ? 'propdf' : 'jacc', FRMPayload: hexOf(phy) };
  return type === JOIN_REQUEST || type === REJOIN ? joinParts(type, phy) : dataParts(type, phy);
};
