import type { BoardChip, BoardMaker } from '../devices/board/board.ts';
import { announced } from './announce.ts';
import { bme280, EXAMPLE_COUNTS, sht3x } from './chips.ts';
import { standardFirmata } from './firmware.ts';
import type { I2cChip } from './i2c-bus.ts';
import { createUno } from './uno.ts';

/** 25 °C and 50 %. */
const MILD: readonly [number, number] = [0x6666, 0x8000];

const CHIPS: Readonly<Record<BoardChip, () => I2cChip>> = {
  bme280: () => bme280(0x76, () => EXAMPLE_COUNTS),
  sht3x: () => sht3x(0x44, () => MILD),
};

/** What runs a real firmware, for `outpost-sim board` and the soak. */
export const boardMaker: BoardMaker = {
  createBoard: (chips) => {
    const uno = createUno(
      standardFirmata(),
      chips.map((name) => CHIPS[name]()),
    );
    return { ...uno, sent: () => announced(uno.sent()) };
  },
};
