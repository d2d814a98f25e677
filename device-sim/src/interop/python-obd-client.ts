import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What python-OBD read of one command. */
export type ClientAnswer =
  | { readonly number: number; readonly unit: string }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  | { readonly flags: readonly (boolean | number)[] }
  | {
      readonly tests: readonly { readonly value: number; readonly min: number; readonly max: number }[];
    };

/** A visit of python-OBD to a dongle on a serial line. */
export interface ClientVisit {
  readonly protocol: string;
  readonly connectS: number;
  /** Commands that the car offers by what python-OBD makes of its bitmaps. */
  readonly offered: readonly string[];
  /** The last answer to each command that was not empty. */
  readonly answers: Readonly<Record<string, ClientAnswer>>;
  /** Answers that were not empty, and how long reading them took. */
  readonly values: number;
  readonly seconds: number;
}

export interface ClientOptions {
  /** A Python that has the package, and the serial line. */
  readonly python: string;
  readonly path: string;
  /** 0: python-OBD tries rates. */
  readonly baud: number;
  /** How long to go on reading; 0: every command once. */
  readonly seconds: number;
  /** Undefined: everything that the car offers. */
  readonly names?: readonly string[];
  readonly signal: AbortSignal;
}

/** Finding rates, protocol and bitmaps at a slow clone takes half a minute. */
const CONNECT_MAX_MS = 90_000;

/** It is not compiled: the same file serves this one and what is built of it. */
const script = fileURLToPath(new URL('../../src/interop/python-obd-client.py', import.meta.url));

/** Lets python-OBD connect and read. Rejects with what it said where it cannot. */
export const visitWithPythonObd = (options: ClientOptions): Promise<ClientVisit> => {
  const { python, path, baud, seconds, names, signal } = options;
  const args = [script, path, String(baud), String(seconds)];
  if (names !== undefined) args.push(JSON.stringify(names));
  const timeout = CONNECT_MAX_MS + 1_000 * seconds;
  return new Promise((resolve, reject) => {
    execFile(python, args, { timeout, signal, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      if (error !== null) {
        reject(new Error(`python-OBD gave no answer: ${stderr.trim() || error.message}`));
        return;
      }
      const visit = JSON.parse(stdout) as ClientVisit & { readonly status?: string };
      if (visit.protocol === '') reject(new Error(`python-OBD found no car: ${visit.status}`));
      else resolve(visit);
    });
  });
};
