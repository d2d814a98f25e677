import { concatBytes } from '@outpost/schemas/words';
import { publishPacket } from '../packets.ts';
import type { Attack } from './contract.ts';
import { ANSWER_MS, enter, type Line, newcomerMs } from './line.ts';

const FRAMES_OF_A_WRITE = 256;
const COME_EVERY_MS = 50;

/** Writes whenever the kernel takes more, until it is told to stop. */
const pourOver = (line: Line, piece: Uint8Array, isOver: () => boolean): void => {
  const write = (): void => {
    while (!isOver() && !line.isClosed && line.socket.write(piece));
  };
  line.socket.on('drain', write);
  write();
};

/**
 * As much as goes, with QoS 0, so that no acknowledgement holds the sender back; over one connection, because an account
 * that is bound to its client identifier has no second one.
 */
export const flood: Attack = {
  description: 'PUBLISH with QoS 0 as fast as the broker reads',
  needsAccount: true,
  run: async (context) => {
    const { target, clock, signal, seconds } = context;
    const frame = publishPacket(target.topic, target.payload);
    const piece = concatBytes(...Array.from({ length: FRAMES_OF_A_WRITE }, () => frame));
    const { line, code } = await enter(context);
    let isOver = false;
    const waits: (number | undefined)[] = [];
    try {
      pourOver(line, piece, () => isOver);
      const endsAt = clock.mono() + BigInt(seconds) * 1_000_000_000n;
      while (clock.mono() < endsAt) {
        waits.push(await newcomerMs(context));
        await clock.sleep(COME_EVERY_MS, signal);
      }
      isOver = true;
      const slowest = Math.max(...waits.map((ms) => ms ?? Number.POSITIVE_INFINITY));
      const perSecond = Math.round(line.takenBytes / frame.length / seconds);
      return [
        {
          what: 'The account is let in and may send',
          holds: code === 0 && perSecond > 0,
          saw: `return code ${code}, ${perSecond} messages a second were taken`,
        },
        {
          what: `Newcomers are answered within ${ANSWER_MS} ms throughout`,
          holds: slowest <= ANSWER_MS,
          saw: `${waits.length} came, the slowest waited ${slowest.toFixed(1)} ms`,
        },
      ];
    } finally {
      isOver = true;
      line[Symbol.dispose]();
    }
  },
};
