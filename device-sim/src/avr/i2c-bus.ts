import type { AVRTWI, TWIEventHandler } from 'avr8js';

/** A chip on the bus, byte by byte, as its data sheet says. */
export interface I2cChip {
  readonly address: number;
  /** It is spoken to anew. */
  begin(isWrite: boolean, nowMs: number): boolean;
  write(byte: number, nowMs: number): boolean;
  read(nowMs: number): number;
}

/** The bus with what hangs on it; an address where nothing is does not answer. */
export const i2cBus = (twi: AVRTWI, chips: readonly I2cChip[], nowMs: () => number): TWIEventHandler => {
  let selected: I2cChip | undefined;
  return {
    start: () => twi.completeStart(),
    stop: () => {
      selected = undefined;
      twi.completeStop();
    },
    connectToSlave: (address, isWrite) => {
      const chip = chips.find((each) => each.address === address);
      selected = chip?.begin(isWrite, nowMs()) === true ? chip : undefined;
      twi.completeConnect(selected !== undefined);
    },
    writeByte: (value) => twi.completeWrite(selected?.write(value, nowMs()) ?? false),
    readByte: () => twi.completeRead(selected?.read(nowMs()) ?? 0xff),
  };
};
