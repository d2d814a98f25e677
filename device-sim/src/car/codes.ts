export interface Cause {
  readonly code: string;
  /** How long it was seen in this drive, s. */
  readonly forS: number;
  /** In how many more drives it has to be seen before the code is stored. */
  readonly drivesLeft: number;
}

/** The trouble codes that one control unit remembers. */
export interface CodeMemory {
  readonly pending: readonly string[];
  readonly stored: readonly string[];
  readonly permanent: readonly string[];
  /** Codes whose cause is present. */
  readonly present: readonly Cause[];
  readonly lampOn: boolean;
  /** Set when the first code is stored: its snapshot is the freeze frame. */
  readonly frozenBy: string | undefined;
}

export const NO_CODES: CodeMemory = {
  pending: [],
  stored: [],
  permanent: [],
  present: [],
  lampOn: false,
  frozenBy: undefined,
};

/** More than the 255 of a reply's count byte never have to be told; a car with 32 is a wreck. */
export const CODES_MAX = 32;

/** A pending code becomes a stored one, with the lamp, after its cause was there this long. */
export const CONFIRMED_AFTER_S = 10;

const withCode = (codes: readonly string[], code: string): readonly string[] =>
  codes.includes(code) || codes.length >= CODES_MAX ? codes : [...codes, code];

/**
 * The cause of a code appears: it is pending at once, and stored after ten seconds of this drive or, with `drives`, of
 * as many drives later. A code that is there already stays as it is.
 */
export const codeAppears = (memory: CodeMemory, code: string, drives = 0): CodeMemory => {
  if (memory.present.some((cause) => cause.code === code) || memory.present.length >= CODES_MAX)
    return memory;
  return {
    ...memory,
    present: [...memory.present, { code, forS: 0, drivesLeft: drives }],
    pending: withCode(memory.pending, code),
  };
};

const confirm = (memory: CodeMemory, code: string): CodeMemory => ({
  ...memory,
  stored: withCode(memory.stored, code),
  permanent: withCode(memory.permanent, code),
  lampOn: true,
  frozenBy: memory.frozenBy ?? code,
});

/** The next drive begins: what was seen in the last one has to be seen once less. */
export const nextDrive = (memory: CodeMemory): CodeMemory =>
  memory.present.length === 0
    ? memory
    : {
        ...memory,
        present: memory.present.map(({ code, forS, drivesLeft }) => ({
          code,
          forS: 0,
          drivesLeft: forS >= CONFIRMED_AFTER_S ? Math.max(0, drivesLeft - 1) : drivesLeft,
        })),
      };

/** One step with the engine running. */
export const stepCodes = (memory: CodeMemory, dtS: number): CodeMemory => {
  if (memory.present.length === 0) return memory;
  const present = memory.present.map((cause) => ({ ...cause, forS: cause.forS + dtS }));
  let next: CodeMemory = { ...memory, present };
  for (const { code, forS, drivesLeft } of present) {
    const sure = forS >= CONFIRMED_AFTER_S && drivesLeft === 0;
    if (sure && !memory.stored.includes(code)) next = confirm(next, code);
  }
  return next;
};
