import { compileProfile } from '../compile.ts';
import type { RequestFile, SignalFile, VehicleFile, VehicleProfileFile } from '../profile.ts';

/** Characters of a file that is imported; the largest published ones have some 500,000. */
export const IMPORT_TEXT_MAX = 4_194_304;
/** Signals that are looked at in one file. */
export const IMPORT_SIGNALS_MAX = 20_000;

/** What the importer cannot know from the file. */
export interface ImportInto {
  /** Name and title of the profile that is made. */
  readonly name: string;
  readonly title: string;
  readonly vehicle: VehicleFile;
  /** Where the facts can be checked, and the licence of that source. */
  readonly where: string;
  readonly licence: string;
}

/** Something of the file that is not in the profile, and why. */
export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

export interface Imported {
  /** Undefined where nothing of the file could be taken. */
  readonly file?: VehicleProfileFile;
  readonly left: readonly LeftOut[];
}

/** A request as the importer found it, without its signals. */
export type ImportedRequest = Omit<RequestFile, 'signals' | 'sources' | 'confidence' | 'vectors'>;

export interface Candidate {
  /** As the file calls it, for the report. */
  readonly what: string;
  readonly request: ImportedRequest;
  readonly signal: SignalFile;
}

const profileOf = (into: ImportInto, requests: readonly RequestFile[]): VehicleProfileFile => ({
  format: 1,
  name: into.name,
  title: into.title,
  vehicles: [into.vehicle],
  sources: [{ id: 'import', where: into.where, licence: into.licence }],
  requests: [...requests],
});

const problemOf = (into: ImportInto, request: RequestFile): string | undefined => {
  const compiled = compileProfile(profileOf(into, [request]));
  const problem = 'problems' in compiled ? compiled.problems[0] : undefined;
  return problem === undefined ? undefined : `${String(problem.path.at(-1))} ${problem.words}`;
};

const REQUESTS_MAX = 128;
const SIGNALS_MAX = 64;

/**
 * Puts candidates together, the first of each signal: every one is tried with those before it and left out,
 * with the reason, where the profile would not fit together.
 */
export const gather = (into: ImportInto, candidates: readonly Candidate[]): Imported => {
  const requests = new Map<string, RequestFile>();
  const homes = new Map<string, string>();
  const left: LeftOut[] = [];
  for (const { what, request, signal } of candidates) {
    const before = requests.get(request.name);
    const home = homes.get(signal.signal);
    const tried: RequestFile = {
      ...request,
      confidence: 'single source',
      sources: ['import'],
      signals: [...(before?.signals ?? []), signal],
    };
    const why =
      home !== undefined && (home !== request.name || signal.nulls === undefined)
        ? `${signal.signal} is already read by ${home}.`
        : before === undefined && requests.size >= REQUESTS_MAX
          ? `a profile has at most ${REQUESTS_MAX} requests.`
          : tried.signals.length > SIGNALS_MAX
            ? `a request has at most ${SIGNALS_MAX} signals.`
            : problemOf(into, tried);
    if (why !== undefined) left.push({ what, why });
    else {
      requests.set(request.name, tried);
      homes.set(signal.signal, request.name);
    }
  }
  return requests.size === 0 ? { left } : { file: profileOf(into, [...requests.values()]), left };
};

/** The DBC number of the bit that stands `place` bits after the top bit of byte 0. */
export const dbcBit = (place: number): number => (place >> 3) * 8 + 7 - (place & 7);

/** Fields of a JSON value that is expected to be an object. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
