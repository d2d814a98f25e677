import { type Body, concatBytes, type Fault, fault, toHex } from '@outpost/schemas/words';
import type { Fate } from '../session.ts';
import type { Joined } from './family.ts';
import { withMark } from './mark.ts';
import { type HeardFrame, receptionOf } from './reception.ts';
import { after, change, PIECES_MAX, type Piece, TOLD_MAX, type Turn } from './state.ts';

const OBSERVED: Fate = { kind: 'observed' };

const originOf = <C, E>({ state }: Turn<C, E>): 'simulated' | 'live' =>
  state.simulated ? 'simulated' : 'live';

const say = <C, E>(turn: Turn<C, E>, body: Body, raw: Uint8Array): void => {
  turn.said.push({ body, raw, origin: originOf(turn) });
};

const incomplete = (family: string): Fault =>
  fault('malformed', `${family}.incomplete`, 'frame', 'a part of a reception came without the rest.');

const heard = <C, E>(turn: Turn<C, E>, pieces: readonly Piece<E>[], frame: HeardFrame): void => {
  const { tuned } = turn.family;
  const raw = frame.raw ?? concatBytes(...pieces.map((piece) => piece.raw));
  say(turn, receptionOf(frame, tuned), withMark(tuned, raw));
  for (const _piece of pieces) turn.fates.push(OBSERVED);
};

/** What the pieces make of themselves, because nothing more belongs to them. */
export const closePieces = <C, E>(turn: Turn<C, E>): void => {
  const { pieces } = turn.state;
  if (pieces.length === 0) return;
  change(turn, { pieces: [], piecesUntil: undefined, pieceAsk: undefined });
  const joined = turn.family.join(pieces.map(({ event }) => event));
  if (joined.kind !== 'apart' && joined.frame !== undefined) {
    heard(turn, pieces, joined.frame);
    return;
  }
  const reason = incomplete(turn.family.name);
  for (const { raw } of pieces) turn.fates.push({ kind: 'quarantined', fault: reason, raw });
};

const settlePieces = <C, E>(turn: Turn<C, E>, pieces: readonly Piece<E>[], joined: Joined<C>): void => {
  switch (joined.kind) {
    case 'whole':
      change(turn, { pieces: [], piecesUntil: undefined, pieceAsk: undefined });
      heard(turn, pieces, joined.frame);
      return;
    case 'part': {
      const piecesUntil = after(turn, turn.family.pieceWaitsMs);
      change(turn, { pieces, piecesUntil, pieceAsk: joined.ask });
      return;
    }
    case 'apart': {
      const reason = incomplete(turn.family.name);
      for (const { raw } of pieces) turn.fates.push({ kind: 'quarantined', fault: reason, raw });
    }
  }
};

/** Takes a part of a reception. Pieces that do not go together with it end before it. */
export const takePiece = <C, E>(turn: Turn<C, E>, event: E, raw: Uint8Array): void => {
  const { family } = turn;
  const all = [...turn.state.pieces, { event, raw }];
  const joined = family.join(all.map((piece) => piece.event));
  if (all.length <= PIECES_MAX && (joined.kind !== 'apart' || all.length === 1)) {
    settlePieces(turn, all, joined);
    return;
  }
  closePieces(turn);
  settlePieces(turn, [{ event, raw }], family.join([event]));
};

/** What the module says of itself; once, where it stays the same. */
export const takeTold = <C, E>(turn: Turn<C, E>, event: E, raw: Uint8Array): void => {
  const key = toHex(raw);
  const { told } = turn.state;
  const bodies = told.includes(key) ? [] : turn.family.tell(event);
  for (const body of bodies) say(turn, body, raw);
  turn.fates.push(bodies.length === 0 ? { kind: 'control' } : OBSERVED);
  if (bodies.length > 0 && told.length < TOLD_MAX) change(turn, { told: [...told, key] });
};
