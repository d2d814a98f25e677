import { readFileSync, statSync } from 'node:fs';
import { DBC_TEXT_MAX_CHARACTERS } from '@outpost/schemas/vehicle/dbc';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** Authors of DBC files use UTF-8 or the Windows alphabet of Western Europe, and do not say which. */
const textOf = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
};

/** Reads a whole text file, or says in a `misconfigured` fault why it cannot. */
export type ReadText = (path: string) => Result<string>;

/** Reads a file that the configuration names, of as many bytes as the largest kind of them may have. */
export const readText: ReadText = (path) => {
  try {
    const { size } = statSync(path);
    if (size > DBC_TEXT_MAX_CHARACTERS) {
      const words = `has ${size} bytes; ${DBC_TEXT_MAX_CHARACTERS} are read at most.`;
      return fail(fault('misconfigured', 'obd.file', path, words));
    }
    return ok(textOf(readFileSync(path)));
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return fail(fault('misconfigured', 'obd.file', path, `cannot be read (${why}).`));
  }
};
