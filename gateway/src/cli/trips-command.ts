import { createReadStream } from 'node:fs';
import {
  decodeLeaf,
  type EvidenceItem,
  evidenceReader,
  readAttestation,
  type Statement,
} from '@outpost/schemas/evidence';
import { NEW_TRIPS, neededFrom, stepTrips, type TripReading, type Trips } from '@outpost/schemas/vehicle';
import * as plausibility from '@outpost/schemas/vehicle/plausibility';
import {
  equalBytes,
  fail,
  fault,
  ok,
  type Result,
  type StreamId,
  type TripBody,
  type TripEnd,
  wallAt,
} from '@outpost/schemas/words';
import { Command } from 'commander';
import { complain, EXIT, type Terminal } from './context.ts';
import { type JudgedTrip, tripLines, tripsJson } from './trips-text.ts';

/** What is known of one stream while its readings go by. */
interface Course {
  state: Trips;
  /** Readings from the first that may still be needed. */
  readings: TripReading[];
  memory: plausibility.VehicleMemory;
  readonly seen: Set<string>;
  readonly recorded: TripBody[];
}

const newCourse = (): Course => ({
  state: NEW_TRIPS,
  readings: [],
  memory: plausibility.NO_MEMORY,
  seen: new Set(),
  recorded: [],
});

const isAt = ({ epoch, sequence }: TripReading, end: TripEnd): boolean =>
  sequence === end.sequence && equalBytes(epoch, end.epoch);

/** The readings of a trip; undefined where its evidence began before the file. */
const partOf = (readings: readonly TripReading[], { start, end }: TripBody) => {
  const first = readings.findIndex((reading) => isAt(reading, start));
  const last = readings.findIndex((reading) => isAt(reading, end));
  return first < 0 || last < 0 ? readings : readings.slice(first, last + 1);
};

const sameTrip = (a: TripBody, b: TripBody): boolean =>
  a.start.sequence === b.start.sequence &&
  a.end.sequence === b.end.sequence &&
  equalBytes(a.start.epoch, b.start.epoch) &&
  a.distanceM === b.distanceM;

const judge = (course: Course, trip: TripBody): plausibility.Verdict => {
  const track = plausibility.trackOf(partOf(course.readings, trip));
  const verdict = plausibility.judgeTrip(track, course);
  if (verdict.believable) course.memory = plausibility.learn(course.memory, track);
  for (const { hash } of plausibility.printsOf(track)) course.seen.add(hash);
  return verdict;
};

/** Works out the trips of an evidence file from its readings, attestation by attestation. */
const openTrips = () => {
  const courses = new Map<StreamId, Course>();
  const found: {
    readonly stream: StreamId;
    readonly trip: TripBody;
    readonly verdict: plausibility.Verdict;
  }[] = [];
  let statement: Statement | undefined;
  let place = 0n;

  const takeReading = (leafBytes: Uint8Array): void => {
    const leaf = decodeLeaf(leafBytes);
    if (!leaf.ok || statement === undefined) return;
    const { stream, epoch, anchor, origin } = statement;
    const course = courses.get(stream) ?? newCourse();
    courses.set(stream, course);
    const { sequence, mono, body } = leaf.value;
    const { trust } = anchor;
    const reading = { epoch, sequence, mono, wall: wallAt(anchor, mono), origin, body, trust, place };
    place += 1n;
    if (body.kind === 'trip') course.recorded.push(body);
    course.readings.push(reading);
    const stepped = stepTrips(course.state, reading);
    course.state = stepped.trips;
    for (const { body: trip } of stepped.closed) found.push({ stream, trip, verdict: judge(course, trip) });
    if (stepped.closed.length === 0) return;
    const needed = neededFrom(course.state) ?? place;
    course.readings = course.readings.filter((each) => each.place >= needed);
  };

  return {
    take(item: EvidenceItem): void {
      if (item.kind === 'attestation') {
        const read = readAttestation(item.bytes);
        statement = read.ok ? read.value.statement : undefined;
      } else if (item.kind === 'leaf') takeReading(item.bytes);
    },
    /** Trips recorded by the box itself come after them in the stream, so they are compared last. */
    finish: (): readonly JudgedTrip[] =>
      found.map((each) => {
        const recorded =
          courses.get(each.stream)?.recorded.some((trip) => sameTrip(trip, each.trip)) ?? false;
        return { ...each, recorded };
      }),
  };
};

const tripsIn = async (file: string): Promise<Result<readonly JudgedTrip[]>> => {
  const reader = evidenceReader();
  const judging = openTrips();
  const broken = (words: string) => fail(fault('malformed', 'trips.evidence', file, words));
  try {
    for await (const chunk of createReadStream(file)) {
      for (const item of reader.push(new Uint8Array(chunk as Uint8Array))) {
        if (!item.ok) return broken(`is no whole evidence: ${item.fault.words}`);
        judging.take(item.value);
      }
    }
  } catch (error) {
    return fail(fault('unreachable', 'trips.read', file, `cannot be read: ${(error as Error).message}.`));
  }
  const end = reader.end();
  return end.ok ? ok(judging.finish()) : broken(`is no whole evidence: ${end.fault.words}`);
};

/** `outpost trips FILE`: needs no gateway, no network and no configuration. */
export const tripsCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('trips')
    .description(
      'work out the trips of an evidence file and say what speaks against them: exit code 0 all believable, ' +
        '1 some are doubtful, 2 there are none. Signatures are checked by `outpost verify`',
    )
    .argument('<file>', 'as `outpost export` writes it')
    .option('--json', 'for scripts: every trip with its verdict')
    .action(async (file: string, options: { readonly json?: boolean }) => {
      const judged = await tripsIn(file);
      if (!judged.ok) return finish(complain(terminal, judged.fault));
      if (options.json === true) terminal.out(tripsJson(judged.value));
      else for (const line of tripLines(judged.value)) terminal.out(line);
      if (judged.value.length === 0) {
        if (options.json !== true) terminal.out('There is no whole trip in it.');
        return finish(EXIT.unidentified);
      }
      return finish(judged.value.every(({ verdict }) => verdict.believable) ? EXIT.done : EXIT.failed);
    });
