import { signalById } from '@outpost/schemas/vehicle';
import {
  type CodesBody,
  fail,
  fault,
  type GapBody,
  type IdentityBody,
  type NumberBody,
  ok,
  type RedactedBody,
  type Result,
  type TextBody,
  type TimeTrust,
  type WallNs,
} from '@outpost/schemas/words';
import { MEASUREMENTS } from './names.ts';
import { deliveriesPoint, receiptPoint } from './network-points.ts';
import { positionFields, tripFields } from './place-points.ts';
import { type Point, printable } from './point.ts';
import type { ReceptionParts } from './reception-points.ts';
import { nameOf, type ReadingRecord, type StoreRecord } from './records.ts';
import { newSeriesMemory, type SeriesMemory, type Tags } from './series.ts';
import { pointTime } from './timestamp.ts';

/** A tag is there only where it says something unusual, so that a panel over the usual case needs no filter. */
const readingTags = ({ device, stream, origin, gateway }: ReadingRecord, trust: TimeTrust): Tags => ({
  device,
  ...(stream.endsWith('/telemetry') ? {} : { lane: stream.slice(stream.indexOf('/') + 1) }),
  ...(gateway === undefined ? {} : { gateway }),
  ...(origin === 'live' ? {} : { origin }),
  ...(trust === 'ntp' || trust === 'gnss' ? {} : { trust }),
});

const ecuTag = (ecu: number): Tags => (ecu === 0 ? {} : { ecu: ecu.toString(16).toUpperCase() });

const unreadable = (record: StoreRecord, code: string, words: string): Result<never> =>
  fail(fault('malformed', code, nameOf(record), words));

/** How points are made; all but the record and its time. */
export interface PointParts {
  readonly series: SeriesMemory;
  /** Takes receptions apart; a gateway that hears none does not load it. */
  readonly receptionParts: ReceptionParts | undefined;
}

const signalPoint = (
  record: ReadingRecord,
  body: NumberBody | TextBody,
  trust: TimeTrust,
  memory: SeriesMemory,
  at: bigint,
): Result<Point> => {
  const row = signalById(body.signal);
  if (row === undefined) {
    return unreadable(
      record,
      'store.unknown-signal',
      `signal ${body.signal} is not in this program's table.`,
    );
  }
  const { measurement, tags, text } = memory.of(record, body, trust, () => ({
    measurement: row.name.startsWith('Vehicle.') ? MEASUREMENTS.vehicle : MEASUREMENTS.device,
    tags: { ...readingTags(record, trust), signal: row.name, ...ecuTag(body.ecu) },
  }));
  const integers = { seq: record.sequence };
  if (body.kind === 'text') {
    return ok({ measurement, tags, series: text, integers, texts: { text: printable(body.text) }, at });
  }
  // Both operands are exact in binary (a safe integer, a power of ten up to 10²²), so the quotient is rounded
  // once: it is the number that the exact decimal text would be read as.
  const floats = { value: body.mantissa / 10 ** row.decimals };
  return ok({ measurement, tags, series: text, integers, floats, at });
};

const said = (
  body: CodesBody | IdentityBody | GapBody | RedactedBody,
): { tags: Tags; text: string; count?: number } => {
  switch (body.kind) {
    case 'codes':
      return {
        tags: { kind: 'codes', status: body.status, ...ecuTag(body.ecu) },
        text: body.codes.join(' '),
        count: body.codes.length,
      };
    case 'identity':
      return { tags: { kind: 'identity', of: body.of, ...ecuTag(body.ecu) }, text: body.text };
    case 'gap':
      return { tags: { kind: 'gap', reason: body.reason }, text: body.reason, count: body.count };
    case 'redacted':
      return { tags: { kind: 'redacted', what: body.what }, text: body.reason };
  }
};

const readingPoint = (
  record: ReadingRecord,
  wall: WallNs,
  trust: TimeTrust,
  { series, receptionParts }: PointParts,
): Result<Point> => {
  const { body, epoch, sequence } = record;
  const at = pointTime(wall, epoch, BigInt(sequence));
  if (body.kind === 'number' || body.kind === 'text') return signalPoint(record, body, trust, series, at);
  const tags = readingTags(record, trust);
  if (body.kind === 'anchor') {
    return ok({
      measurement: MEASUREMENTS.events,
      tags: { ...tags, kind: 'clock' },
      integers: { seq: sequence },
      texts: { text: `clock trusted as ${body.anchor.trust}` },
      at,
    });
  }
  if (body.kind === 'position') {
    const { floats, integers } = positionFields(body);
    return ok({
      measurement: MEASUREMENTS.position,
      tags,
      floats,
      integers: { seq: sequence, ...integers },
      at,
    });
  }
  if (body.kind === 'reception') {
    if (receptionParts === undefined) throw new Error('unreachable: the parts of receptions are not loaded');
    const { measurement, tags: own, floats, integers, texts } = receptionParts(body);
    return ok({
      measurement,
      tags: { ...tags, ...own },
      floats,
      integers: { seq: sequence, ...integers },
      texts,
      at,
    });
  }
  if (body.kind === 'trip') {
    const { floats, integers } = tripFields(body);
    const why = { started_by: body.startedBy, ended_by: body.endedBy };
    return ok({
      measurement: MEASUREMENTS.trips,
      tags: { ...tags, ...why },
      floats,
      integers: { seq: sequence, ...integers },
      at,
    });
  }
  const { tags: own, text, count } = said(body);
  return ok({
    measurement: MEASUREMENTS.events,
    tags: { ...tags, ...own },
    integers: { seq: sequence, ...(count === undefined ? {} : { count }) },
    texts: { text: printable(text) },
    at,
  });
};

/** The point of a record at its wall-clock time. The same record always gives the same series and the same time. */
export const pointOf = (
  record: StoreRecord,
  wall: WallNs,
  trust: TimeTrust,
  parts: PointParts = { series: newSeriesMemory(), receptionParts: undefined },
): Result<Point> => {
  switch (record.kind) {
    case 'reading':
      return readingPoint(record, wall, trust, parts);
    case 'epoch-opened':
      return ok({
        measurement: MEASUREMENTS.events,
        tags: { device: record.device, kind: 'epoch', stream: record.stream },
        texts: { text: record.reason, epoch: record.epoch },
        at: pointTime(wall, '', record.ordinal),
      });
    case 'attestation':
      return ok({
        measurement: MEASUREMENTS.attestations,
        tags: { device: record.device, stream: record.stream },
        integers: { counter: record.counter, size: record.size, bytes: record.bytes },
        texts: { epoch: record.epoch },
        at: pointTime(wall, '', record.ordinal),
      });
    case 'receipt':
      return ok(receiptPoint(record));
    case 'deliveries':
      return ok(deliveriesPoint(record));
    case 'event':
      return ok({
        measurement: MEASUREMENTS.events,
        tags: { ...(record.device === '' ? {} : { device: record.device }), kind: record.what },
        integers: { count: 1 },
        texts: { text: printable(record.words) },
        at: pointTime(wall, '', record.ordinal),
      });
  }
};

/** The gateway's own numbers at one moment, as fields of one point; a lost one is no loss of evidence. */
export const selfPoint = (wall: WallNs, numbers: Readonly<Record<string, number>>): Point => ({
  measurement: MEASUREMENTS.self,
  tags: {},
  floats: numbers,
  at: wall,
});
