import { connectPacket } from '../packets.ts';
import type { Attack } from './contract.ts';
import { answersNewcomers, dial } from './line.ts';

/** An introduction so long that it lasts beyond any patience. */
const DRIPPED = connectPacket({ clientId: 'x'.repeat(4_096) });
const DRIP_EVERY_MS = 250;
/** The longest that a stranger may take to say who he is. */
const CUT_WITHIN_MS = 15_000;

/** Many strangers that say who they are a byte at a time. */
export const slowLoris: Attack = {
  description: 'many connections that send their CONNECT a byte at a time',
  needsAccount: false,
  run: async (context) => {
    const { clock, signal, count } = context;
    const lines = await Promise.all(Array.from({ length: count }, () => dial(context)));
    const begun = clock.mono();
    const elapsedMs = (): number => Number(clock.mono() - begun) / 1e6;
    const patienceMs = Math.min(CUT_WITHIN_MS, context.seconds * 1_000);
    let [asked, answered] = [0, 0];
    try {
      for (let at = 0; lines.some(({ isClosed }) => !isClosed) && elapsedMs() < patienceMs; at += 1) {
        for (const line of lines) line.send(DRIPPED.subarray(at % DRIPPED.length, (at % DRIPPED.length) + 1));
        await clock.sleep(DRIP_EVERY_MS, signal);
        if (at % 4 !== 0) continue;
        asked += 1;
        if (await answersNewcomers(context)) answered += 1;
      }
      const cut = lines.filter(({ isClosed }) => isClosed).length;
      return [
        {
          what: `Who does not say who he is within ${CUT_WITHIN_MS / 1_000} s is cut off`,
          holds: cut === count,
          saw: `${cut} of ${count} cut off, the last after ${(elapsedMs() / 1_000).toFixed(1)} s`,
        },
        {
          what: 'Newcomers are answered meanwhile',
          holds: asked > 0 && answered === asked,
          saw: `${answered} of ${asked}`,
        },
      ];
    } finally {
      for (const line of lines) line[Symbol.dispose]();
    }
  },
};
