import { INFO_TYPES, rescaledPids } from '@outpost/schemas/vehicle';
import type { ProfileRequest } from '@outpost/schemas/vehicle/profiles';
import { type Body, type Fault, fault, toHex } from '@outpost/schemas/words';
import { answerBodies } from './answer.ts';
import { identityFault, noteVins, type VinAnswer, vinState } from './identity.ts';
import type { EcuAnswer, Reply } from './question.ts';
import { type Row, rowAgain, rowAnswered, rowChanging, rowToConfirm } from './schedule.ts';
import { consider, type Shape } from './shape.ts';
import { bump, noteTrouble, type ObdTurn, quarantined, say, settle } from './turn.ts';
import { ownMeanings, udsBodies } from './uds-answer.ts';

const LIVE_VALUES = 0x01;
const VEHICLE_INFORMATION = 0x09;
/** Values by identifier, of one control unit (ISO 14229-1). */
const BY_IDENTIFIER = 0x22;

const isValue = (service: number | undefined): boolean =>
  service === LIVE_VALUES || service === BY_IDENTIFIER;

/** Longest payload of a single frame. */
const SINGLE_MAX_BYTES = 7;

const shapeOf = (service: number | undefined, answers: readonly EcuAnswer[]): Shape =>
  answers.map(({ ecu, payload, padding }) => {
    const single = payload.length <= SINGLE_MAX_BYTES;
    return {
      ecu,
      // A list has as many bytes as it has items; its own count is checked where it is decoded.
      bytes: isValue(service) ? payload.length : undefined,
      padding: single ? padding : undefined,
      longPadding: single ? undefined : padding,
    };
  });

const otherShape = fault(
  'malformed',
  'obd.other-shape',
  'reply',
  'other control units answered than usual, or with another length',
);

const drop = (turn: ObdTurn, answers: readonly EcuAnswer[], reason: string): void => {
  for (const { carriers } of answers) settle(turn, carriers, () => ({ kind: 'dropped', reason }));
};

/** Keeps an answer aside, with the reason. */
const doubt = (turn: ObdTurn, { carriers }: EcuAnswer, reason: Fault): void => {
  bump(turn, reason.kind === 'untrusted' ? 'untrusted' : 'damaged');
  noteTrouble(turn, reason.words);
  settle(turn, carriers, quarantined(reason));
};

interface Decoded {
  readonly answer: EcuAnswer;
  readonly bodies: readonly Body[];
  readonly profile: ProfileRequest | undefined;
}

/** Decodes what is whole and expected. What cannot be decoded is kept aside here. */
const decodeAnswers = (
  turn: ObdTurn,
  answers: readonly EcuAnswer[],
  profile?: ProfileRequest,
): readonly Decoded[] => {
  const decoded: Decoded[] = [];
  for (const answer of answers) {
    const { ecu, payload } = answer;
    const bodies = profile === undefined ? answerBodies(ecu, payload) : udsBodies(profile, ecu, payload);
    if (bodies.ok) decoded.push({ answer, bodies: bodies.value, profile });
    else doubt(turn, answer, bodies.fault);
  }
  return decoded;
};

const isRescaled = (turn: ObdTurn, { ecu, payload }: EcuAnswer): boolean =>
  payload[0] === 0x41 && turn.car.rescaled.get(ecu)?.has(payload[1] ?? -1) === true;

/** Remembers which PIDs this control unit sends in a scale of its own. */
const noteScales = (turn: ObdTurn, { ecu, payload }: EcuAnswer): void => {
  const pids = payload[0] === 0x41 ? rescaledPids(payload[1] ?? -1, payload.subarray(2)) : [];
  if (pids.length === 0) return;
  const known = turn.car.rescaled.get(ecu) ?? [];
  const rescaled = new Map(turn.car.rescaled).set(ecu, new Set([...known, ...pids]));
  turn.car = { ...turn.car, rescaled };
};

const observe = (turn: ObdTurn, { answer, bodies, profile }: Decoded): void => {
  const reason = identityFault(turn.car, turn.options.refuseChangingVin);
  if (reason !== undefined) doubt(turn, answer, reason);
  else if (isRescaled(turn, answer)) drop(turn, [answer], 'rescaled');
  else if (bodies.length === 0) drop(turn, [answer], 'no-value');
  else if (profile === undefined) say(turn, answer.carriers, bodies);
  else say(turn, answer.carriers, bodies, ownMeanings(profile, answer.ecu, answer.payload));
};

const observeAll = (turn: ObdTurn, answers: readonly EcuAnswer[], profile?: ProfileRequest): void => {
  bump(turn, 'answered');
  const decoded = decodeAnswers(turn, answers, profile);
  for (const { answer } of decoded) noteScales(turn, answer);
  for (const one of decoded) observe(turn, one);
};

const singleFrames = (answers: readonly EcuAnswer[]): number =>
  answers.every(({ carriers }) => carriers.length === 1) ? answers.length : Number.POSITIVE_INFINITY;

const takeValues = (turn: ObdTurn, row: Row, answers: readonly EcuAnswer[]): Row => {
  observeAll(turn, answers, row.uds?.profile);
  return rowAnswered(row, singleFrames(answers), turn.now);
};

const contentOf = (answers: readonly EcuAnswer[]): string =>
  answers.map(({ ecu, payload }) => `${ecu}:${toHex(payload)}`).join(' ');

/** Trouble codes and names are no measurements that change: they are believed when said twice in the same words. */
const takeList = (turn: ObdTurn, row: Row, answers: readonly EcuAnswer[]): Row => {
  const content = contentOf(answers);
  if (content === row.unconfirmed) return takeValues(turn, row, answers);
  drop(turn, answers, 'unconfirmed');
  return row.unconfirmed === undefined ? rowToConfirm(row, content) : rowAgain(row, turn.now);
};

const vinsOf = (decoded: readonly Decoded[]): readonly VinAnswer[] =>
  decoded.flatMap(({ answer, bodies }) =>
    bodies.flatMap((body) => (body.kind === 'identity' ? [{ ecu: answer.ecu, vin: body.text }] : [])),
  );

/** The identification number is compared with every earlier one, and said once two in a row agree. */
const takeVin = (turn: ObdTurn, row: Row, answers: readonly EcuAnswer[]): Row => {
  const decoded = decodeAnswers(turn, answers);
  if (decoded.length < answers.length) {
    drop(
      turn,
      decoded.map(({ answer }) => answer),
      'unconfirmed',
    );
    return rowAgain(row, turn.now);
  }
  turn.car = noteVins(turn.car, vinsOf(decoded));
  const state = vinState(turn.car);
  if (state === 'once') {
    drop(turn, answers, 'unconfirmed');
    return rowToConfirm(row, contentOf(answers));
  }
  bump(turn, 'answered');
  for (const one of decoded) observe(turn, one);
  return state === 'changing'
    ? rowChanging(row, turn.now)
    : rowAnswered(row, singleFrames(answers), turn.now);
};

/**
 * Takes the positive answers to a row's request, one for each control unit: what looks as its replies always look is
 * decoded and said, everything else is kept aside with its reason or dropped until it is confirmed.
 */
export const takeAnswers = (turn: ObdTurn, row: Row, { answers, refusals }: Reply): Row => {
  const [service, parameter] = row.request ?? [];
  const considered = consider(row.learner, shapeOf(service, answers), new Set(refusals.keys()));
  const learned = { ...row, learner: considered.learner };
  if (considered.verdict === 'unconfirmed') {
    drop(turn, answers, 'unconfirmed');
    return rowAgain(learned, turn.now);
  }
  if (considered.verdict === 'other') {
    for (const answer of answers) doubt(turn, answer, otherShape);
    return rowAgain(learned, turn.now);
  }
  if (isValue(service)) return takeValues(turn, learned, answers);
  const isVin = service === VEHICLE_INFORMATION && parameter === INFO_TYPES.vin;
  return isVin ? takeVin(turn, learned, answers) : takeList(turn, learned, answers);
};

/** Takes the answers to several rows at once, as they were judged; `reason` is told where they are refused. */
export const takeSeveral = (
  turn: ObdTurn,
  answers: readonly EcuAnswer[],
  verdict: 'believed' | 'unconfirmed' | 'refused',
  reason: Fault,
): void => {
  if (verdict === 'believed') observeAll(turn, answers);
  else if (verdict === 'unconfirmed') drop(turn, answers, 'unconfirmed');
  else for (const answer of answers) doubt(turn, answer, reason);
};
