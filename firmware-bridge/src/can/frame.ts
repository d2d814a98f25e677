/** One frame of a classic CAN bus. */
export interface CanFrame {
  /** 11 bits, or 29 where `extended`. */
  readonly id: number;
  readonly extended: boolean;
  /** A remote frame asks for data and carries none. */
  readonly rtr: boolean;
  /** Bytes that a remote frame asks for; of any other frame the length of `data`. 0 to 8. */
  readonly dlc: number;
  /** 0 to 8 bytes; none in a remote frame. */
  readonly data: Uint8Array;
}

export const CAN_DATA_MAX_BYTES = 8;
export const STANDARD_ID_MAX = 0x7ff;
export const EXTENDED_ID_MAX = 0x1fff_ffff;

/** A data frame. */
export const dataFrame = (id: number, extended: boolean, data: Uint8Array): CanFrame => ({
  id,
  extended,
  rtr: false,
  dlc: data.length,
  data,
});
