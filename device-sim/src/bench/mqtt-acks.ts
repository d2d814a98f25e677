import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { prepareBox, publishNumber, startBox } from '../soak/broker-kill.ts';
import { asMet, syncTimes } from '../soak/disk-sync.ts';
import type { BenchOptions, Figure } from './result.ts';
import { quantile } from './rounds.ts';

const PER_SECOND = 500;
const TICK_MS = 2;
/** Until the program runs at the speed that it keeps. */
const WARM_MS = 3_000;

const figuresIn = async (
  parent: string,
  where: string,
  { quick, signal, say }: BenchOptions,
): Promise<readonly Figure[]> => {
  const clock = systemClock();
  const directory = await mkdtemp(join(parent, 'outpost-bench-'));
  const sentAt = new Map<number, number>();
  const times: number[] = [];
  try {
    const box = await prepareBox(directory);
    const { program, publisher } = await startBox(box, (number) => {
      times.push(performance.now() - (sentAt.get(number) ?? 0));
      sentAt.delete(number);
    });
    const publish = async (forMs: number): Promise<void> => {
      const from = performance.now();
      for (let sent = 0; performance.now() - from < forMs; ) {
        for (const due = ((performance.now() - from) / 1_000) * PER_SECOND; sent < due; sent += 1) {
          const number = sentAt.size + times.length + 1;
          sentAt.set(number, performance.now());
          publishNumber(publisher, number);
        }
        await clock.sleep(TICK_MS, signal);
      }
    };
    await publish(WARM_MS);
    const warm = times.length;
    const ending = new AbortController();
    const syncing = syncTimes(join(directory, 'sync'), AbortSignal.any([signal, ending.signal]));
    await publish(quick ? 3_000 : 30_000);
    ending.abort(new Error('enough'));
    const syncs = await syncing;
    program.send('SIGTERM');
    await program.ended;
    const acks = times.slice(warm);
    say(`${where}: ${acks.length} acknowledgements, ${syncs.length} syncs`);
    const [ack, sync] = [quantile(acks, 0.99), quantile(asMet(syncs, PER_SECOND), 0.99)];
    return [
      { what: `PUBACK p50 at ${PER_SECOND}/s, ${where}`, value: quantile(acks, 0.5), unit: 'ms' },
      { what: `PUBACK p99 at ${PER_SECOND}/s, ${where}`, value: ack, unit: 'ms' },
      {
        what: `sync p99 ${where}, in the same seconds, as messages at that rate meet it`,
        value: sync,
        unit: 'ms',
      },
      { what: `PUBACK p99 above that, ${where}`, value: ack - sync, unit: 'ms', bar: '≤ 5' },
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** Memory behind the calls of a disk: without stalls of its own, so that what is left is ours. */
const RAM_DISK = '/dev/shm';

/** PUBACK at 500 messages a second through a whole gateway, beside the disk's own syncs in the same seconds. */
export const ackFigures = async (options: BenchOptions): Promise<readonly Figure[]> => [
  ...(await figuresIn(tmpdir(), 'on the disk', options)),
  ...(existsSync(RAM_DISK) ? await figuresIn(RAM_DISK, 'on a RAM disk', options) : []),
];
