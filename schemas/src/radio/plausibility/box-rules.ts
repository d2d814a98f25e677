import { type GatewayTrack, gatewayFindings, waitedFindings } from './gateway-rules.ts';
import { BOXES_MAX, COVERAGE_RULES, timeErrorUs } from './limits.ts';
import { broken, type Finding, held, type Reception, unknown } from './reception.ts';

const { driftPpm, freeRunErrorUs } = COVERAGE_RULES;

const COUNTER_US = 2n ** 32n;
const NS_PER_US = 1_000n;

/** One concentrator since its last start. */
export interface Box {
  /** What its clock shows more than its counter, in µs modulo 2^32; undefined where it has no counter. */
  readonly offsetUs: bigint | undefined;
  readonly track: GatewayTrack;
  /** Another box spoke before it under the same EUI, and again after it. */
  readonly isRival: boolean;
  /** It jumped in place or time: what it says of either proves nothing against others. */
  readonly hasJumped: boolean;
}

/** What is remembered of one EUI: its boxes in the order in which they were first heard, and which was heard last. */
export interface Boxes {
  readonly all: readonly Box[];
  readonly latest: number;
  /** dBm per Hz, of a gateway of which no frame has a time. */
  readonly noises?: readonly number[];
}

const offsetOf = ({ wall, tmst }: Reception): bigint | undefined =>
  tmst === undefined ? undefined : BigInt.asUintN(32, wall / NS_PER_US - BigInt(Math.trunc(tmst)));

/** A clock that nobody sets runs on from where it was; what it is off by does not change. */
const errorUs = ({ trust, timeErrorUs: own }: Reception): number =>
  own ?? timeErrorUs(trust) ?? freeRunErrorUs;

const isSame = (box: Box, next: Reception, offsetUs: bigint | undefined): boolean => {
  if (box.offsetUs === undefined || offsetUs === undefined) return box.offsetUs === offsetUs;
  const { last } = box.track;
  const elapsedUs = Math.abs(Number(next.wall - last.wall)) / 1_000;
  const slackUs = errorUs(last) + errorUs(next) + (elapsedUs * driftPpm) / 1e6;
  const ahead = BigInt.asUintN(32, offsetUs - box.offsetUs);
  const apart = ahead > COUNTER_US / 2n ? COUNTER_US - ahead : ahead;
  return Number(apart) <= slackUs;
};

const jumped = (findings: readonly Finding[]): boolean =>
  findings.some(
    ({ rule, outcome }) => outcome === 'broken' && (rule === 'movement' || rule === 'counter-drift'),
  );

const replaced = (all: readonly Box[], at: number, box: Box): readonly Box[] =>
  all.map((each, i) => (i === at ? box : each));

/** Forgets a box in the middle: the first one is the measure of all others, the last one has just been heard. */
const bounded = (all: readonly Box[]): readonly Box[] =>
  all.length <= BOXES_MAX ? all : [...all.slice(0, 1), ...all.slice(2)];

/** What is broken, known, or to be remembered after a reception of one EUI. */
export interface BoxStep {
  readonly findings: readonly Finding[];
  readonly boxes: Boxes;
  /** Whether its place and time may be held against other gateways. */
  readonly isWitness: boolean;
}

/** What the boxes of an EUI say of one that speaks now. */
const oneBox = (offsetUs: bigint | undefined, own: Box | undefined, isFirst: boolean): Finding => {
  if (offsetUs === undefined) return unknown('one-box', 'the gateway has no counter');
  if (isFirst) return unknown('one-box', 'this is the gateway’s first frame');
  return own?.isRival === true
    ? broken('one-box', 'another box speaks under the same EUI, and spoke before this one')
    : held('one-box');
};

/** Without a time nothing tells one box from another: it is taken for a frame of the one that was heard last. */
const waitedStep = (boxes: Boxes | undefined, next: Reception): BoxStep => {
  const { all, latest, noises: before } = boxes ?? { all: [], latest: -1 };
  const own = all[latest];
  const { findings, noises } = waitedFindings(own?.track.noises ?? before ?? [], next);
  const after: Boxes =
    own === undefined
      ? { all, latest, noises }
      : { all: replaced(all, latest, { ...own, track: { ...own.track, noises } }), latest };
  return { findings, boxes: after, isWitness: false };
};

/**
 * Clock less counter tells one box from another, and one start from the next. A box that is new is measured against the
 * one heard last, so that a jump in place or time is charged once, and what follows it consistently is its own measure.
 * But nobody goes back to a counter that was left: where one does, two boxes use the EUI, and the one that came later
 * is charged each time.
 */
export const boxFindings = (boxes: Boxes | undefined, next: Reception): BoxStep => {
  if (next.waited === true) return waitedStep(boxes, next);
  const offsetUs = offsetOf(next);
  const all = boxes?.all ?? [];
  const at = all.findIndex((box) => isSame(box, next, offsetUs));
  const own = all[at];
  const previous = boxes === undefined ? undefined : all[boxes.latest];
  if (own === undefined) {
    const { findings, track } = gatewayFindings(previous?.track, next);
    const hasJumped = jumped(findings);
    const added = bounded([...all, { offsetUs, track, isRival: false, hasJumped }]);
    return {
      findings: [...findings, oneBox(offsetUs, own, previous === undefined)],
      boxes: { all: added, latest: added.length - 1 },
      isWitness: !hasJumped,
    };
  }
  const { findings, track } = gatewayFindings(own.track, next);
  const hasJumped = own.hasJumped || jumped(findings);
  const box: Box = { ...own, offsetUs, track, hasJumped };
  const isBack = at !== boxes?.latest && !own.isRival;
  const heard = replaced(all, at, box).map((each, i) =>
    isBack && i > at ? { ...each, isRival: true } : each,
  );
  return {
    findings: [...findings, oneBox(offsetUs, own, false)],
    boxes: { all: heard, latest: at },
    isWitness: !hasJumped && !own.isRival,
  };
};
