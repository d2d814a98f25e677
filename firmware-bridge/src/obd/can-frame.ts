/** Width of a CAN identifier. */
export type IdBits = 11 | 29;

/** One frame on the bus. */
export interface CanFrame {
  readonly id: number;
  readonly idBits: IdBits;
  /** 1 to 8 bytes, the first of which is the ISO-TP protocol control byte. */
  readonly bytes: Uint8Array;
}

/** Functional and physical answers of emission-related control units (ISO 15765-4): 7E8 to 7EF, 18DAF1xx. */
export const isAnswerId = (id: number, idBits: IdBits): boolean =>
  idBits === 11 ? id >= 0x7e8 && id <= 0x7ef : id >>> 8 === 0x18daf1;
