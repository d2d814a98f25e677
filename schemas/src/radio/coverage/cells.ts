import type { Place } from '../../privacy/index.ts';
import type { WallNs } from '../../words/index.ts';
import type { Cell } from '../helium/index.ts';
import type { Explained } from './explain.ts';
import { radioName, timeOf } from './judgeable.ts';
import type { SenderBook } from './senders.ts';
import type { SignedReception } from './signed-reception.ts';

/** Cells of one map; what lies in further ones is counted, not kept. */
export const CELLS_MAX = 200_000;
/** Radios told apart in one cell. */
const RADIOS_MAX = 64;

/** `sender`: who was heard stood here. `receiver`: what heard stood here, and of whom nobody says where he was. */
export type CellSide = 'sender' | 'receiver';

export interface CoverageCell {
  readonly cell: Cell;
  readonly side: CellSide;
  /** Receptions that would be accepted. */
  readonly count: number;
  readonly bestSnrDb: number | undefined;
  readonly bestRssiDbm: number | undefined;
  /** Receptions that cannot be judged (serial modules), weaker evidence; not in the three numbers before. */
  readonly unjudged: number;
  readonly unjudgedBestSnrDb: number | undefined;
  /** Radios that heard, up to 64. */
  readonly radios: number;
  readonly first: WallNs;
  readonly last: WallNs;
}

export interface CellBook {
  take(signed: SignedReception, explained: Explained): void;
  /** In the order of their indexes. */
  list(): readonly CoverageCell[];
  /** Receptions of which nobody says where either end was, and those beyond the most cells. */
  readonly placeless: number;
  readonly forgotten: number;
}

type Tally = {
  -readonly [Name in keyof Omit<CoverageCell, 'radios'>]: CoverageCell[Name];
} & { readonly names: Set<string> };

const most = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);

const add = (tally: Tally, signed: SignedReception, judged: boolean, wall: WallNs): void => {
  const { snrDeciDb, rssiDeciDbm } = signed.body;
  const snrDb = snrDeciDb === undefined ? undefined : snrDeciDb / 10;
  if (judged) {
    tally.count += 1;
    tally.bestSnrDb = most(tally.bestSnrDb, snrDb);
    tally.bestRssiDbm = most(tally.bestRssiDbm, rssiDeciDbm === undefined ? undefined : rssiDeciDbm / 10);
  } else {
    tally.unjudged += 1;
    tally.unjudgedBestSnrDb = most(tally.unjudgedBestSnrDb, snrDb);
  }
  if (tally.names.size < RADIOS_MAX) tally.names.add(radioName(signed));
  if (wall < tally.first) tally.first = wall;
  if (wall > tally.last) tally.last = wall;
};

/**
 * Where there is coverage: best signal and number of receptions by cell. Only what would be accepted counts, and what
 * cannot be judged by itself; frames with a wrong checksum do not.
 */
export const openCells = (cellAt: (place: Place) => Cell, senders: SenderBook): CellBook => {
  const cells = new Map<string, Tally>();
  let [placeless, forgotten] = [0, 0];

  const tallyAt = (cell: Cell, side: CellSide, wall: WallNs): Tally | undefined => {
    const id = `${cell} ${side}`;
    const found = cells.get(id);
    if (found !== undefined) return found;
    if (cells.size >= CELLS_MAX) return undefined;
    const tally: Tally = {
      cell,
      side,
      count: 0,
      bestSnrDb: undefined,
      bestRssiDbm: undefined,
      unjudged: 0,
      unjudgedBestSnrDb: undefined,
      first: wall,
      last: wall,
      names: new Set(),
    };
    cells.set(id, tally);
    return tally;
  };

  return {
    take(signed, { verdict }) {
      const { body } = signed;
      if (body.direction === 'sent' || body.crc === 'bad') return;
      if (verdict !== 'accepted' && verdict !== 'unjudged') return;
      const { wall } = timeOf(signed);
      const from = senders.sender(body.phy, wall)?.place;
      const at = from ?? senders.placeOf(signed);
      if (at === undefined) {
        placeless += 1;
        return;
      }
      const tally = tallyAt(cellAt(at), from === undefined ? 'receiver' : 'sender', wall);
      if (tally === undefined) forgotten += 1;
      else add(tally, signed, verdict === 'accepted', wall);
    },
    list: () =>
      [...cells.values()]
        .map(({ names, ...cell }) => ({ ...cell, radios: names.size }))
        .toSorted((a, b) => (a.cell < b.cell ? -1 : a.cell > b.cell ? 1 : a.side < b.side ? -1 : 1)),
    get placeless() {
      return placeless;
    },
    get forgotten() {
      return forgotten;
    },
  };
};
