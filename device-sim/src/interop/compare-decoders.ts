import { redecodeElm327 } from '@outpost/firmware-bridge/wires';
import { signalById } from '@outpost/schemas/vehicle';
import type { Observation } from '@outpost/schemas/words';
import { askPythonObd, type Opinion, PYTHON_UNITS, type Question } from './python-obd.ts';
import { rawAnswer } from './raw-answer.ts';

export interface Compared {
  readonly request: string;
  readonly agrees: boolean;
  readonly words: string;
}

/**
 * Where python-OBD's factor is another by a hair: it divides by 65,535 where our table divides by 65,536, and writes
 * 0.0000305 for 2 ÷ 65,536.
 */
const FACTORS: readonly (readonly [RegExp, number])[] = [
  [/^01(2[4-9AB]|3[4-9AB])$/, 1 / 65_535],
  [/^0144$/, 1 - 0.000_030_5 / (2 / 65_536)],
];

const agreeNumbers = (request: string, ours: number, theirs: number): boolean => {
  const difference = FACTORS.find(([requests]) => requests.test(request))?.[1] ?? 0;
  // Ours is rounded to the decimals of its signal, theirs is not.
  return Math.abs(theirs - ours) <= 0.500_001 + Math.abs(ours) * difference;
};

/** Of several names in one answer, python-OBD reads the first. */
const isFirst = ({ body, raw }: Observation): boolean =>
  JSON.stringify(redecodeElm327(raw)[0]) === JSON.stringify(body);

const compare = (reading: Observation, request: string, opinion: Opinion): Compared | undefined => {
  const { body } = reading;
  const words = `${request}: ${JSON.stringify(body)} against ${JSON.stringify(opinion)}`;
  if (body.kind === 'number') {
    const theirs = opinion.number ?? opinion.index;
    if (theirs === undefined) return undefined;
    const decimals = signalById(body.signal)?.decimals ?? 0;
    return { request, agrees: agreeNumbers(request, body.mantissa, theirs * 10 ** decimals), words };
  }
  if (body.kind === 'codes' && opinion.texts !== undefined) {
    return { request, agrees: JSON.stringify(opinion.texts) === JSON.stringify(body.codes), words };
  }
  if (body.kind !== 'identity' || opinion.text === undefined || !isFirst(reading)) return undefined;
  // It cuts texts to a fixed length and strips zeros, ones and twos at both ends.
  const [short, long] = [opinion.text.trim().toLowerCase(), body.text.toLowerCase()].toSorted(
    (a, b) => a.length - b.length,
  );
  return {
    request,
    agrees: short !== undefined && short.length > 3 && long?.includes(short) === true,
    words,
  };
};

interface Asked {
  readonly reading: Observation;
  readonly question: Question;
}

const questionOf = (reading: Observation): Asked | undefined => {
  const answer = rawAnswer(reading.raw);
  if (answer === undefined) return undefined;
  const unit = reading.body.kind === 'number' ? signalById(reading.body.signal)?.unit : undefined;
  const name = unit === undefined ? undefined : PYTHON_UNITS[unit];
  return { reading, question: { ...answer, ...(name === undefined ? {} : { unit: name }) } };
};

/** Compares every reading with what python-OBD makes of the same raw bytes, where it makes anything of them. */
export const compareDecoders = async (
  python: string,
  readings: readonly Observation[],
): Promise<readonly Compared[]> => {
  const asked = readings.flatMap((reading) => questionOf(reading) ?? []);
  const opinions = await askPythonObd(
    python,
    asked.map(({ question }) => question),
  );
  return asked.flatMap(({ reading, question }, index) => {
    const opinion = opinions[index];
    return (opinion && compare(reading, question.request, opinion)) ?? [];
  });
};
