import { rawLimits, rawOf, writeRaw } from '../formula.ts';
import type { Quantity } from '../signals.ts';
import { decodeProfileAnswer } from './decode.ts';
import type { ProfileRequest, ProfileSignal } from './profile.ts';

const rawOfCode = (map: ReadonlyMap<bigint, bigint>, mantissa: bigint): bigint | undefined =>
  [...map].find(([, value]) => value === mantissa)?.[0];

const rawOfValue = ({ signal, formula, map }: ProfileSignal, mantissa: number): bigint => {
  const wanted = BigInt(mantissa);
  const raw = map === undefined ? rawOf(formula, signal.decimals, wanted) : rawOfCode(map, wanted);
  const { min, max } = rawLimits(formula);
  if (raw === undefined || raw < min || raw > max) {
    throw new RangeError(`${signal.name} cannot say ${mantissa} × 10^-${signal.decimals}`);
  }
  return raw;
};

/**
 * The answer that a control unit would give: the inverse of `decodeProfileAnswer`. Where a signal's step is
 * at least its table row's last decimal, every legal raw number comes back exactly; where it is finer, the
 * value does. A signal without a value is sent as its first “no value” number. Bits that no signal reads are
 * zero. Throws a RangeError for what only a bug can ask: a value that the answer cannot say, no value for a
 * signal that has no number for it, a signal that is not in the answer.
 *
 * @param answerBytes how long the answer is; real ones are often longer than what is read of them.
 */
export const encodeProfileAnswer = (
  request: ProfileRequest,
  values: readonly Quantity[],
  answerBytes = request.answerBytes[0] ?? request.answerBytesMin,
): Uint8Array => {
  const bytes = new Uint8Array(answerBytes);
  bytes.set(request.echo);
  const open = new Map(values.map(({ signal, mantissa }) => [signal, mantissa]));
  for (const each of request.signals) {
    const mantissa = open.get(each.signal.id);
    open.delete(each.signal.id);
    const raw = mantissa === undefined ? each.nulls[0]?.[0] : rawOfValue(each, mantissa);
    if (raw === undefined)
      throw new RangeError(`${each.signal.name} has no way to say that there is no value`);
    writeRaw(bytes, each.formula, raw);
  }
  const [strange] = open.keys();
  if (strange !== undefined) throw new RangeError(`${request.name} does not carry signal ${strange}`);
  const { quantities, faults } = decodeProfileAnswer(request, bytes);
  if (faults.length > 0 || quantities.length !== values.length) {
    throw new RangeError(`${request.name}: ${faults[0]?.words ?? 'a value means “no value”'}`);
  }
  return bytes;
};
