import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Unit } from '@outpost/schemas/vehicle';

export interface Question {
  /** `010C`. */
  readonly request: string;
  /** `410C1AF8`. */
  readonly payload: string;
  /** As python-OBD names it. */
  readonly unit?: string;
}

/** What python-OBD makes of one answer. All undefined: it says nothing that can be compared. */
export interface Opinion {
  readonly number?: number;
  readonly index?: number;
  readonly text?: string;
  readonly texts?: readonly string[];
  readonly bits?: readonly boolean[];
}

const TIMEOUT_MS = 30_000;

const script = fileURLToPath(new URL('python-obd.py', import.meta.url));

/** Our units by the names that python-OBD's unit registry has for them. */
export const PYTHON_UNITS: Partial<Readonly<Record<Unit, string>>> = {
  'km/h': 'kph',
  rpm: 'rpm',
  percent: 'percent',
  celsius: 'celsius',
  kPa: 'kilopascal',
  Pa: 'pascal',
  V: 'volt',
  mA: 'milliampere',
  s: 'second',
  min: 'minute',
  km: 'kilometer',
  'g/s': 'gps',
  'l/h': 'liters_per_hour',
  degrees: 'degree',
  ratio: 'ratio',
  count: 'count',
  flag: 'flag',
};

/** Asks python-OBD's own decoders. */
export const askPythonObd = (
  python: string,
  questions: readonly Question[],
): Promise<readonly (Opinion | null)[]> =>
  new Promise((resolve, reject) => {
    const child = execFile(python, [script], { timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout) as readonly (Opinion | null)[]);
      else reject(new Error(`python-OBD gave no answer: ${stderr.trim() || error.message}`));
    });
    child.stdin?.end(JSON.stringify(questions));
  });
