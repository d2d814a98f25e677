import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { errorCode, syncPath } from '../store/whole-file.ts';
import type { InfluxdLayout } from './layout.ts';

/** First bytes of a series segment and of a series index (influxdb 1.6, tsdb/series_segment.go, series_index.go). */
const SEGMENT_MAGIC = 'SSEG';
const INDEX_MAGIC = 'SIDX';
const SERIES = '_series';
const INDEX = 'index';
/** Repairs whose remains are kept; the oldest goes first. */
const SET_ASIDE_MAX = 3;

const names = async (directory: string): Promise<readonly string[]> => {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return [];
    throw error;
  }
};

const beginsWith = async (path: string, magic: string): Promise<boolean> => {
  const handle = await open(path, 'r');
  try {
    const bytes = new Uint8Array(magic.length);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return bytesRead === bytes.length && new TextDecoder('latin1').decode(bytes) === magic;
  } finally {
    await handle.close();
  }
};

const magicOf = (name: string): string | undefined => {
  if (/^[0-9a-f]{4}$/.test(name)) return SEGMENT_MAGIC;
  return name === INDEX ? INDEX_MAGIC : undefined;
};

/** Whether influxd would hang on this series file: one whose header never reached the disk. */
const isBroken = async (series: string): Promise<boolean> => {
  for (const partition of await names(series)) {
    for (const name of await names(join(series, partition))) {
      const magic = magicOf(name);
      if (magic !== undefined && !(await beginsWith(join(series, partition, name), magic))) return true;
    }
  }
  return false;
};

/** Everything of a database that is derived from its points: the series file, and a tsi1 index where a shard has one. */
const derived = async (database: string): Promise<readonly string[]> => {
  const paths = [join(database, SERIES)];
  for (const policy of await names(database)) {
    if (policy === SERIES) continue;
    for (const shard of await names(join(database, policy))) {
      if ((await names(join(database, policy, shard))).includes(INDEX)) {
        paths.push(join(database, policy, shard, INDEX));
      }
    }
  }
  return paths;
};

const nextRoom = async (setAside: string): Promise<string> => {
  const rooms = (await names(setAside)).map(Number).filter(Number.isInteger);
  const old = rooms.sort((a, b) => a - b).slice(0, Math.max(0, rooms.length - SET_ASIDE_MAX + 1));
  for (const room of old) await rm(join(setAside, String(room)), { recursive: true, force: true });
  const room = join(setAside, String(Math.max(0, ...rooms) + 1));
  await mkdir(room, { recursive: true, mode: 0o700 });
  return room;
};

/** Names of the databases that influxd would hang on. Harmless beside a running influxd. */
export const brokenDatabases = async ({ data }: InfluxdLayout): Promise<readonly string[]> => {
  const broken: string[] = [];
  for (const name of await names(data)) {
    if (await isBroken(join(data, name, SERIES))) broken.push(name);
  }
  return broken;
};

/**
 * Makes a data directory startable after a power cut. influxd 1.6 writes the headers of a new database's series file
 * through a memory mapping that it never syncs; if power goes before the kernel does (30 s), it finds zeros at its next
 * start and waits for a lock that it holds itself, for ever. The series file and the shards' indexes are derived from
 * the points, so they are moved aside and influxd makes them again. Only while no influxd runs there.
 *
 * Gives the names of the databases that were repaired.
 */
export const repairSeries = async (layout: InfluxdLayout): Promise<readonly string[]> => {
  const { data, setAside, settledFile } = layout;
  const broken = await brokenDatabases(layout);
  for (const name of broken) {
    const room = await nextRoom(setAside);
    for (const path of await derived(join(data, name))) {
      const target = join(room, relative(data, path));
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await rename(path, target);
      await syncPath(dirname(path));
    }
  }
  // What influxd makes anew has to be put on the disk anew.
  if (broken.length > 0) await rm(settledFile, { force: true });
  return broken;
};
