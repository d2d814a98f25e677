import type { Body, BodyKind, ClockAnchor } from '../words/index.ts';
import {
  type CborValue,
  headBytes,
  intBytes,
  MAJOR,
  type Sink,
  writeBigInt,
  writeHead,
  writeInt,
  writeText,
} from './cbor.ts';
import { CODES_STATUS, GAP_REASON, IDENTITY_OF, REDACTED_REASON, REDACTED_WHAT, TRUST } from './codes.ts';
import { POSITION_FIELDS, positionFrom, positionProblem, writePosition } from './position-body.ts';
import {
  RECEPTION_FIELDS,
  receptionBoundBytes,
  receptionFrom,
  receptionProblem,
  writeReception,
} from './reception-body.ts';
import { asMono, asWall, INT64_MAX, isList, isText, isUint, UINT32_MAX } from './shape.ts';
import { TRIP_FIELDS, tripFrom, tripProblem, writeTrip } from './trip-body.ts';

export const SIGNAL_MAX = 0xffff;
export const TEXT_MAX_BYTES = 4_096;
export const CODES_MAX = 512;

const TROUBLE_CODE = /^[\x21-\x7e]{1,16}$/;

export const BODY_KIND: Readonly<Record<BodyKind, number>> = {
  number: 1,
  text: 2,
  codes: 3,
  identity: 4,
  anchor: 5,
  gap: 6,
  reception: 7,
  position: 8,
  trip: 9,
  redacted: 10,
};

/** Items of the leaf's array that belong to a body of this kind, after its kind. */
export const bodyFieldCount = ({ kind }: Body): number => {
  if (kind === 'reception') return RECEPTION_FIELDS;
  if (kind === 'position') return POSITION_FIELDS;
  if (kind === 'trip') return TRIP_FIELDS;
  return kind === 'gap' || kind === 'redacted' ? 2 : 3;
};

/** Bytes that the body's encoding does not exceed, kind included; for a number it is exactly that many. */
export const bodyBoundBytes = (body: Body): number => {
  switch (body.kind) {
    case 'number':
      return 1 + headBytes(body.signal) + intBytes(body.mantissa) + headBytes(body.ecu);
    case 'text':
    case 'identity':
      return 32 + 3 * body.text.length;
    case 'codes':
      return 32 + body.codes.reduce((sum, code) => sum + 3 + 3 * code.length, 0);
    case 'anchor':
    case 'gap':
    case 'redacted':
      return 32;
    case 'reception':
      return receptionBoundBytes(body);
    case 'position':
      return 64;
    case 'trip':
      return 128;
  }
};

const writeCodes = (sink: Sink, codes: readonly string[]): void => {
  writeHead(sink, MAJOR.array, codes.length);
  for (const code of codes) writeText(sink, code);
};

export const writeBody = (sink: Sink, body: Body): void => {
  writeInt(sink, BODY_KIND[body.kind]);
  switch (body.kind) {
    case 'number':
      writeInt(sink, body.signal);
      writeInt(sink, body.mantissa);
      writeInt(sink, body.ecu);
      return;
    case 'text':
      writeInt(sink, body.signal);
      writeText(sink, body.text);
      writeInt(sink, body.ecu);
      return;
    case 'codes':
      writeInt(sink, CODES_STATUS.codeOf(body.status));
      writeCodes(sink, body.codes);
      writeInt(sink, body.ecu);
      return;
    case 'identity':
      writeInt(sink, IDENTITY_OF.codeOf(body.of));
      writeText(sink, body.text);
      writeInt(sink, body.ecu);
      return;
    case 'anchor':
      writeBigInt(sink, body.anchor.wall);
      writeBigInt(sink, body.anchor.mono);
      writeInt(sink, TRUST.codeOf(body.anchor.trust));
      return;
    case 'gap':
      writeInt(sink, GAP_REASON.codeOf(body.reason));
      writeInt(sink, body.count);
      return;
    case 'reception':
      writeReception(sink, body);
      return;
    case 'position':
      writePosition(sink, body);
      return;
    case 'trip':
      writeTrip(sink, body);
      return;
    case 'redacted':
      writeInt(sink, REDACTED_WHAT.codeOf(body.what));
      writeInt(sink, REDACTED_REASON.codeOf(body.reason));
      return;
  }
};

const isNanoseconds = (value: bigint): boolean => value >= 0n && value <= INT64_MAX;
const isCodeList = (value: unknown): value is readonly string[] =>
  isList(value) &&
  value.length <= CODES_MAX &&
  value.every((code) => typeof code === 'string' && TROUBLE_CODE.test(code));

/** What a leaf cannot hold of this body, in words; undefined where it can hold all. */
export const bodyProblem = (body: Body): string | undefined => {
  if ('ecu' in body && !isUint(body.ecu, UINT32_MAX)) return 'the control unit is no 32-bit address';
  if ('signal' in body && !isUint(body.signal, SIGNAL_MAX)) return `the signal is not 0 to ${SIGNAL_MAX}`;
  if ('text' in body && !isText(body.text, TEXT_MAX_BYTES)) {
    return `the text is longer than ${TEXT_MAX_BYTES} bytes`;
  }
  if (body.kind === 'number' && !Number.isSafeInteger(body.mantissa)) return 'the number is no safe integer';
  if (body.kind === 'codes' && !isCodeList(body.codes)) {
    return `there are more than ${CODES_MAX} codes, or one that is not 1 to 16 printable ASCII characters`;
  }
  if (body.kind === 'anchor' && !(isNanoseconds(body.anchor.wall) && isNanoseconds(body.anchor.mono))) {
    return 'the clock anchor is outside 0 to 2^63 − 1 ns';
  }
  if (body.kind === 'gap' && !isUint(body.count)) return 'the count of the gap is no safe integer';
  if (body.kind === 'reception') return receptionProblem(body);
  if (body.kind === 'position') return positionProblem(body);
  return body.kind === 'trip' ? tripProblem(body) : undefined;
};

/** A clock anchor from its array [wall, mono, trust]. */
export const anchorFrom = (fields: readonly CborValue[]): ClockAnchor | undefined => {
  const [wall, mono, trust] = [asWall(fields[0]), asMono(fields[1]), TRUST.nameOf(fields[2])];
  if (fields.length !== 3 || wall === undefined || mono === undefined || trust === undefined)
    return undefined;
  return { wall, mono, trust };
};

const spokenBody = (kind: CborValue, [first, second, ecu]: readonly CborValue[]): Body | undefined => {
  if (!isUint(ecu, UINT32_MAX)) return undefined;
  if (kind === BODY_KIND.number) {
    if (!isUint(first, SIGNAL_MAX) || typeof second !== 'number') return undefined;
    return { kind: 'number', signal: first, mantissa: second, ecu };
  }
  if (kind === BODY_KIND.text) {
    if (!isUint(first, SIGNAL_MAX) || !isText(second, TEXT_MAX_BYTES)) return undefined;
    return { kind: 'text', signal: first, text: second, ecu };
  }
  if (kind === BODY_KIND.codes) {
    const status = CODES_STATUS.nameOf(first);
    if (status === undefined || !isCodeList(second)) return undefined;
    return { kind: 'codes', status, codes: second, ecu };
  }
  const of = IDENTITY_OF.nameOf(first);
  if (kind !== BODY_KIND.identity || of === undefined || !isText(second, TEXT_MAX_BYTES)) return undefined;
  return { kind: 'identity', of, text: second, ecu };
};

const gapFrom = ([first, count]: readonly CborValue[]): Body | undefined => {
  const reason = GAP_REASON.nameOf(first);
  return reason === undefined || !isUint(count) ? undefined : { kind: 'gap', reason, count };
};

const redactedFrom = ([first, second]: readonly CborValue[]): Body | undefined => {
  const [what, reason] = [REDACTED_WHAT.nameOf(first), REDACTED_REASON.nameOf(second)];
  return what === undefined || reason === undefined ? undefined : { kind: 'redacted', what, reason };
};

/** The body that `kind` and its fields make; undefined where they make none. */
export const bodyFrom = (kind: CborValue, fields: readonly CborValue[]): Body | undefined => {
  if (kind === BODY_KIND.gap) return fields.length === 2 ? gapFrom(fields) : undefined;
  if (kind === BODY_KIND.redacted) return fields.length === 2 ? redactedFrom(fields) : undefined;
  if (kind === BODY_KIND.reception)
    return fields.length === RECEPTION_FIELDS ? receptionFrom(fields) : undefined;
  if (kind === BODY_KIND.position)
    return fields.length === POSITION_FIELDS ? positionFrom(fields) : undefined;
  if (kind === BODY_KIND.trip) return fields.length === TRIP_FIELDS ? tripFrom(fields) : undefined;
  if (fields.length !== 3) return undefined;
  if (kind !== BODY_KIND.anchor) return spokenBody(kind, fields);
  const anchor = anchorFrom(fields);
  return anchor === undefined ? undefined : { kind: 'anchor', anchor };
};
