import type { Target } from '../../obd/question.ts';
import type { Bus } from './bus.ts';

/** To whom the chip speaks, and how long it waits. */
export interface Aim {
  /** One control unit; undefined for all of them. */
  readonly target: Target | undefined;
  /** Waits as long as the chip can, for a control unit that asked for patience. */
  readonly patient: boolean;
}

export const EVERYBODY: Aim = { target: undefined, patient: false };

/** How far the chip has been set to the aim, after the aim that it had. */
export interface Aiming {
  readonly before: Aim;
  readonly goal: Aim;
  /** Commands of `aimCommands` that are done. */
  readonly done: number;
  /** One of them that is needed is not understood. */
  readonly refused: boolean;
}

export const NOT_AIMING: Aiming = { before: EVERYBODY, goal: EVERYBODY, done: 0, refused: false };

export interface AimCommand {
  readonly text: string;
  /** Without it the request would go elsewhere, or its answer would not be heard. */
  readonly needed: boolean;
}

const hex = (number: number, digits: number): string =>
  number.toString(16).toUpperCase().padStart(digits, '0');

const needed = (text: string): AimCommand => ({ text, needed: true });
const wished = (text: string): AimCommand => ({ text, needed: false });

/** Functional addresses of ISO 15765-4. */
const FUNCTIONAL = { 11: 0x7df, 29: 0x18db33f1 } as const;

/** Eleven bits in three digits; of 29 the top five are set apart from the other 24. */
const header = (id: number, idBits: 11 | 29): readonly AimCommand[] =>
  idBits === 11
    ? [needed(`SH${hex(id, 3)}`)]
    : [needed(`CP${hex(id >>> 24, 2)}`), needed(`SH${hex(id & 0xff_ffff, 6)}`)];

/** The chip's own flow control goes to the wrong identifier for some makers, so it is told all of it. */
const targetCommands = (target: Target, idBits: 11 | 29): readonly AimCommand[] => {
  const digits = idBits === 11 ? 3 : 8;
  const { blockSize, separationMs } = target.flowControl ?? { blockSize: 0, separationMs: 0 };
  return [
    ...header(target.to, idBits),
    needed(`CRA${hex(target.from, digits)}`),
    wished(`FCSH${hex(target.to, digits)}`),
    wished(`FCSD30${hex(blockSize, 2)}${hex(separationMs, 2)}`),
    wished('FCSM1'),
  ];
};

const everybodyCommands = (idBits: 11 | 29): readonly AimCommand[] => [
  ...header(FUNCTIONAL[idBits], idBits),
  // Older chips know only the second way to hear all answers again.
  wished('CRA'),
  wished('AR'),
  wished('FCSM0'),
];

const LONGEST_WAIT = 'FF';

const patienceCommands = (patient: boolean, usual: string): readonly AimCommand[] => [
  wished(`ST${patient ? LONGEST_WAIT : usual}`),
  wished(patient ? 'CTM5' : 'CTM1'),
];

/**
 * What is said to the chip between two aims. `usualWait` are the digits of `ATST` that the setup chose. Before CAN
 * there is no other aim than everybody.
 */
export const aimCommands = (
  { before, goal }: Aiming,
  bus: Bus | undefined,
  usualWait: string,
): readonly AimCommand[] => {
  const idBits = bus?.kind === 'can' ? bus.idBits : undefined;
  const turns = before.target?.to !== goal.target?.to || before.target?.from !== goal.target?.from;
  const aims =
    idBits === undefined || !turns
      ? []
      : goal.target === undefined
        ? everybodyCommands(idBits)
        : targetCommands(goal.target, idBits);
  return [...aims, ...(before.patient === goal.patient ? [] : patienceCommands(goal.patient, usualWait))];
};

const isSame = (a: Aim, b: Aim): boolean =>
  a.patient === b.patient && a.target?.to === b.target?.to && a.target?.from === b.target?.from;

/** Turns to another aim, or goes on with the one under way. What was refused half way is taken for unknown. */
export const aimAt = (aiming: Aiming, goal: Aim): Aiming =>
  isSame(aiming.goal, goal) ? aiming : { before: aiming.goal, goal, done: 0, refused: false };

/** After the chip's reply to the next command. */
export const aimed = (aiming: Aiming, { needed: isNeeded }: AimCommand, understood: boolean): Aiming => ({
  ...aiming,
  done: aiming.done + 1,
  refused: aiming.refused || (isNeeded && !understood),
});
