import { asciiText } from '@outpost/schemas/words';
import { type Family, type Joined, SIMULATOR_MARK } from '../../lora-module/family.ts';
import { moduleSession } from '../../lora-module/module-session.ts';
import type { RadioSettings } from '../../lora-module/settings.ts';
import type { State } from '../../lora-module/state.ts';
import type { Remembered, Session } from '../../session.ts';
import { kissCodec, type TncFrame } from './codec.ts';

export const join = (pieces: readonly TncFrame[]): Joined<TncFrame> => {
  const [frame] = pieces;
  if (frame?.kind !== 'data' || pieces.length > 1) return { kind: 'apart' };
  const { data: phy, port: channel } = frame;
  return { kind: 'whole', frame: { phy, rssiDeciDbm: undefined, snrDeciDb: undefined, channel } };
};

export const tell = (): readonly never[] => [];

/** Nothing can be asked of a TNC: it is only listened to, and a silence means nothing. */
const family = (radio: RadioSettings | undefined): Family<TncFrame, TncFrame> => ({
  name: 'kiss',
  codec: kissCodec,
  rates: [9_600, 115_200],
  setUp: [],
  sending: {
    ask: (phy) => ({ spellings: [{ kind: 'data', port: 0, data: phy }], withinMs: 1_000, unanswered: true }),
    maxBytes: 255,
    addedBytes: 0,
  },
  oneShot: false,
  tuned: radio,
  pieceWaitsMs: 0,
  checkAfterMs: undefined,
  read: ({ kind }) => (kind === 'data' ? { kind: 'piece' } : { kind: 'not-wanted', reason: 'hardware' }),
  join,
  tell,
  isSimulator: ({ kind, data }) => kind === 'hardware' && asciiText(data).includes(SIMULATOR_MARK),
});

export type KissState = State<TncFrame, TncFrame>;

export const kissSession = (
  radio: RadioSettings | undefined,
  remembered?: Remembered,
): Session<KissState, TncFrame, TncFrame> => moduleSession(family(radio), radio, remembered);
