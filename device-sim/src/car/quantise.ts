import { encodePid, pidByNumber, type Quantity, signalById } from '@outpost/schemas/vehicle';

/**
 * What a control unit puts into one PID: the values of its fields in the order in which the standard lists them
 * (undefined: not fitted), or its bytes where they are codes and bits rather than quantities.
 */
export type Content = readonly (number | undefined)[] | Uint8Array;

/**
 * The data bytes of a PID: every value goes to the nearest number that the field can carry, as in a real control
 * unit. Throws a RangeError for a PID that the table does not know or that has another number of fields.
 */
export const pidBytes = (pid: number, content: Content): Uint8Array => {
  if (content instanceof Uint8Array) return content;
  const fields = pidByNumber(pid)?.fields;
  if (fields?.length !== content.length) {
    throw new RangeError(`PID ${pid} has ${fields?.length ?? 'no'} fields, not ${content.length}`);
  }
  const quantities: Quantity[] = [];
  for (const [i, { signal }] of fields.entries()) {
    const value = content[i];
    const decimals = signalById(signal)?.decimals ?? 0;
    if (value !== undefined) quantities.push({ signal, mantissa: Math.round(value * 10 ** decimals) });
  }
  return encodePid(pid, quantities);
};
