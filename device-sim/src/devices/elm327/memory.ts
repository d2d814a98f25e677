/** What the chip keeps without power: its non-volatile memory. */
export interface Memory {
  /** `ATSP`: what the next start begins with. */
  readonly protocol: string;
  readonly auto: boolean;
  /** `ATM1`: a protocol that was found is kept. */
  readonly remembers: boolean;
  /** `ATPP`: values by number, and which of them are in force. */
  readonly parameters: ReadonlyMap<number, Parameter>;
  /** `ATSD`. */
  readonly savedByte: number;
  /** `AT@3`: twelve characters, once. */
  readonly identifier: string | undefined;
  /** `ATCV`: what is added to the measured voltage. */
  readonly voltsAdded: number;
  /** `STWBR`: the rate after the next start, where it was changed. */
  readonly baud: number | undefined;
  readonly sleep: SleepRules;
}

export interface Parameter {
  readonly value: number;
  readonly inForce: boolean;
}

/** When an STN chip goes to sleep and wakes by itself (`STSL…`). */
export interface SleepRules {
  /** `STSLUIT`: sleep when nothing was heard on the serial line for so long; `STSLU` turns it on. */
  readonly idle: { readonly on: boolean; readonly afterS: number };
  /** `STSLVLS`, `STSLVL`: sleep at a low supply. */
  readonly low: { readonly on: boolean; readonly volts: number; readonly forS: number };
  /** `STSLVLW`, `STSLVL`: wake at a high one. */
  readonly high: { readonly on: boolean; readonly volts: number; readonly forS: number };
  /** `STSLU`: wake when a byte comes. */
  readonly uartWakes: boolean;
}

/** Every ELM327 has these numbers; what they do when set is left to a chip on a desk, except for 09, 0C and 0D. */
export const PARAMETER_MAX = 0x2f;

/** Factory values (ELM327 data sheet, “Programmable Parameters”), the ones that are not FF. */
export const FACTORY_PARAMETERS: ReadonlyMap<number, number> = new Map([
  [0x03, 0x32],
  [0x04, 0x01],
  [0x06, 0xf1],
  [0x07, 0x09],
  [0x09, 0x00],
  [0x0c, 0x68],
  [0x0d, 0x0d],
  [0x0e, 0x9a],
  [0x11, 0x00],
  [0x12, 0x00],
  [0x13, 0x32],
  [0x14, 0xff],
  [0x15, 0x0a],
  [0x16, 0xff],
  [0x17, 0x92],
  [0x18, 0x00],
  [0x19, 0x28],
  [0x24, 0x00],
  [0x25, 0x00],
  [0x26, 0x00],
  [0x29, 0xff],
  [0x2a, 0x38],
  [0x2b, 0x02],
  [0x2c, 0xe0],
  [0x2d, 0x04],
  [0x2e, 0x80],
  [0x2f, 0x0a],
]);

export const FACTORY: Memory = {
  protocol: '0',
  auto: true,
  remembers: true,
  parameters: new Map(),
  savedByte: 0,
  identifier: undefined,
  voltsAdded: 0,
  baud: undefined,
  sleep: {
    idle: { on: false, afterS: 1_200 },
    low: { on: false, volts: 13, forS: 600 },
    high: { on: false, volts: 13.2, forS: 1 },
    uartWakes: true,
  },
};

/** The value in force of a programmable parameter. */
export const parameterOf = ({ parameters }: Memory, number: number): number => {
  const stored = parameters.get(number);
  return stored?.inForce === true ? stored.value : (FACTORY_PARAMETERS.get(number) ?? 0xff);
};

/** `ATPP xx SV yy`: stored, and in force only after `ATPP xx ON`. */
export const storeParameter = (memory: Memory, number: number, value: number): Memory => {
  const inForce = memory.parameters.get(number)?.inForce ?? false;
  return { ...memory, parameters: new Map(memory.parameters).set(number, { value, inForce }) };
};

/** `ATPP xx ON` and `OFF`; FF means all of them. */
export const enforceParameter = (memory: Memory, number: number, inForce: boolean): Memory => {
  const parameters = new Map(memory.parameters);
  const numbers = number === 0xff ? Array.from({ length: PARAMETER_MAX + 1 }, (_, i) => i) : [number];
  for (const one of numbers) {
    const value = parameters.get(one)?.value ?? FACTORY_PARAMETERS.get(one) ?? 0xff;
    parameters.set(one, { value, inForce });
  }
  return { ...memory, parameters };
};

/** `ATPPS`: four to a line, `F` where the factory's value is in force. */
export const parameterLines = (memory: Memory): readonly string[] => {
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');
  const cell = (number: number): string => {
    const stored = memory.parameters.get(number);
    const value = stored?.value ?? FACTORY_PARAMETERS.get(number) ?? 0xff;
    return `${hex(number)}:${hex(value)} ${stored?.inForce === true ? 'N' : 'F'}`;
  };
  return Array.from({ length: (PARAMETER_MAX + 1) / 4 }, (_, row) =>
    [0, 1, 2, 3].map((column) => cell(row * 4 + column)).join('  '),
  );
};
