import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Clock, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { errorCode } from '../store/whole-file.ts';
import { runCommand } from './command.ts';

/** How an `influxd` of version 1 came to be here. */
export type Found = 'path' | 'unpacked' | 'fetched';

export interface InfluxdProgram {
  readonly path: string;
  readonly found: Found;
  readonly version: string;
}

export interface FindParts {
  readonly clock: Clock;
  /** Where the package is unpacked, now or earlier; made if it is not there. */
  readonly cache: string;
  /** Directories to look in, as in the environment's PATH. */
  readonly searchPath: string;
  /** False where nothing may be fetched. */
  readonly mayFetch: boolean;
}

const VERSION_MS = 10_000;
const FETCH_MS = 120_000;
const UNPACK_MS = 60_000;
const UNPACKED = 'unpacked';
const INSIDE = ['usr', 'bin', 'influxd'] as const;

const isExecutable = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** `InfluxDB v1.6.7~rc0 (git: …)`; undefined for anything but version 1, which alone is set up as we do it. */
const versionOf = async (
  path: string,
  { clock, searchPath }: FindParts,
  signal: AbortSignal,
): Promise<string | undefined> => {
  if (!(await isExecutable(path))) return undefined;
  const ran = await runCommand(
    { program: path, arguments: ['version'], directory: '/', searchPath, deadlineMs: VERSION_MS },
    clock,
    signal,
  );
  return /^InfluxDB v?(1\.\S+)/.exec(ran.out)?.[1];
};

const onPath = async (parts: FindParts, signal: AbortSignal): Promise<InfluxdProgram | undefined> => {
  for (const directory of parts.searchPath.split(delimiter)) {
    const path = join(directory, 'influxd');
    const version = directory === '' ? undefined : await versionOf(path, parts, signal);
    if (version !== undefined) return { path, found: 'path', version };
  }
  return undefined;
};

const inCache = async (
  parts: FindParts,
  found: Found,
  signal: AbortSignal,
): Promise<InfluxdProgram | undefined> => {
  const path = join(parts.cache, UNPACKED, ...INSIDE);
  const version = await versionOf(path, parts, signal);
  return version === undefined ? undefined : { path, found, version };
};

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';

/** Fetches Debian's own package as any user may, and unpacks it; undefined on success, else why not. */
const fetchPackage = async (
  { cache, clock, searchPath }: FindParts,
  signal: AbortSignal,
): Promise<string | undefined> => {
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'fetch-'));
  const run = (program: string, args: readonly string[], deadlineMs: number) =>
    runCommand({ program, arguments: args, directory: work, searchPath, deadlineMs }, clock, signal);
  try {
    const fetched = await run('apt-get', ['download', 'influxdb'], FETCH_MS);
    if (fetched.code !== 0) return lastLine(fetched.err) || 'apt-get download influxdb failed';
    const name = (await readdir(work)).find((each) => each.endsWith('.deb'));
    if (name === undefined) return 'apt-get download influxdb left no package';
    const unpacked = await run('dpkg-deb', ['-x', name, UNPACKED], UNPACK_MS);
    if (unpacked.code !== 0) return lastLine(unpacked.err) || 'dpkg-deb -x failed';
    // One rename, so that a half-unpacked package never has the name that is looked for; what had it did not run.
    await rename(join(cache, UNPACKED), join(work, 'before')).catch(() => undefined);
    await rename(join(work, UNPACKED), join(cache, UNPACKED)).catch((error: unknown) => {
      // Somebody else was as quick, with the same package.
      if (!['ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) throw error;
    });
    return undefined;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/**
 * Finds an `influxd` of version 1: on the PATH, unpacked earlier, or in Debian's package, which needs neither root nor
 * a running service. A fault says in one line how to get one; the journal keeps everything until then.
 */
export const findInfluxd = async (parts: FindParts, signal: AbortSignal): Promise<Result<InfluxdProgram>> => {
  const here = (await onPath(parts, signal)) ?? (await inCache(parts, 'unpacked', signal));
  if (here !== undefined) return ok(here);
  const why = parts.mayFetch ? await fetchPackage(parts, signal) : 'fetching it was not allowed';
  const fetched = why === undefined ? await inCache(parts, 'fetched', signal) : undefined;
  if (fetched !== undefined) return ok(fetched);
  const words =
    'there is no InfluxDB on this machine; run "apt-get install influxdb" or set store.url to one elsewhere, and ' +
    `nothing is lost until then (${why ?? 'the fetched package does not run here'}).`;
  return fail(fault('unreachable', 'influxd.not-found', 'InfluxDB', words));
};
