import { normalAt } from '../random/draw-at.ts';

/** Normal draws at whole steps, and between them such a mixture that the deviation stays 1. */
export const smoothAt = (seed: number, channel: number, step: number): number => {
  const from = Math.floor(step);
  const part = step - from;
  const mixed = normalAt(seed, channel, from) * (1 - part) + normalAt(seed, channel, from + 1) * part;
  return mixed / Math.hypot(1 - part, part);
};

const CELLS = 65_536;

/** The same over a plane; `x` and `y` in steps, repeating every 65,536 of them. */
export const smoothOver = (seed: number, channel: number, x: number, y: number): number => {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const [right, down] = [x - column, y - row];
  const wrapped = (value: number): number => ((value % CELLS) + CELLS) % CELLS;
  const corner = (dx: number, dy: number): number =>
    normalAt(seed, channel, wrapped(column + dx) * CELLS + wrapped(row + dy));
  const mixed =
    (corner(0, 0) * (1 - right) + corner(1, 0) * right) * (1 - down) +
    (corner(0, 1) * (1 - right) + corner(1, 1) * right) * down;
  return mixed / (Math.hypot(1 - right, right) * Math.hypot(1 - down, down));
};
