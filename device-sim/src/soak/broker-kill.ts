import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { nodeDisk, openJournalReadOnly, originOfKind } from '@outpost/gateway';
import { decodeLeaf } from '@outpost/schemas/evidence';
import { type Box, enterBox, openBox, startGateway } from '../mqtt/box.ts';
import type { Publisher } from '../mqtt/publisher.ts';
import { random } from '../random/sfc32.ts';
import type { Program } from '../system/programs.ts';

export interface BrokerKillPlan {
  readonly kills: number;
  readonly perSecond: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface BrokerKillTally {
  kills: number;
  published: number;
  acknowledged: number;
  /** On the disk although nobody was told: their acknowledgement was on its way. */
  survivors: number;
  /** Acknowledged and not on the disk. */
  lost: number;
}

export const DEVICE = 'probe';
const TOPIC = `devices/${DEVICE}/n`;
/** Whole numbers up to 200,000,000, so that a value is a number of a message. */
const SIGNAL = { name: 'Sensor.Pressure', id: 822 } as const;
const LIVE_MS_MIN = 200;
const LIVE_MS_MAX = 1_500;
const TICK_MS = 10;

/** A gateway's directory with one enrolled device that publishes plain numbers. `config`: besides what it needs. */
export const prepareBox = async (directory: string, config: object = {}): Promise<Box> => {
  const mapping = join(directory, 'map.json');
  const values = [{ pointer: '', signal: SIGNAL.name }];
  await writeFile(mapping, JSON.stringify({ topics: [{ topic: TOPIC, format: 'text', values }] }));
  return await openBox({
    directory,
    devices: [{ name: DEVICE, adapter: 'mapped', options: { mapping } }],
    broker: { messagesPerSecondMax: 100_000 },
    config,
  });
};

/** Starts the gateway and a publisher as soon as it is let in. */
export const startBox = async (
  box: Box,
  acknowledged: (number: number) => void,
): Promise<{ readonly program: Program; readonly publisher: Publisher }> => {
  const program = startGateway(box);
  return { program, publisher: await enterBox(box, program, DEVICE, acknowledged) };
};

export const publishNumber = (publisher: Publisher, number: number): void =>
  publisher.publish(TOPIC, new TextEncoder().encode(String(number)), number);

/** The numbers that stand in the journal. */
export const numbersIn = async (data: string): Promise<ReadonlySet<number>> => {
  const view = await openJournalReadOnly({ directory: join(data, 'journal'), disk: nodeDisk() });
  if (!view.ok) throw new Error(view.fault.words);
  const journal = view.value;
  if (journal.damages.length > 0) throw new Error(`damage: ${journal.damages[0]?.where}`);
  const found = new Set<number>();
  for await (const { kind, bytes } of journal.read(journal.start, journal.end)) {
    if (originOfKind(kind) === undefined) continue;
    const leaf = decodeLeaf(bytes);
    if (!leaf.ok) throw new Error(leaf.fault.words);
    const { body } = leaf.value;
    if (body.kind === 'number' && body.signal === SIGNAL.id) found.add(body.mantissa);
  }
  return found;
};

/** kill -9 of a gateway that is published to, again and again; counts what was acknowledged and is not there. */
export const runBrokerKills = async (plan: BrokerKillPlan): Promise<BrokerKillTally> => {
  const clock = systemClock();
  const directory = await mkdtemp(join(tmpdir(), 'outpost-broker-kill-'));
  const chance = random(plan.seed, 'broker-kill');
  const tally: BrokerKillTally = { kills: 0, published: 0, acknowledged: 0, survivors: 0, lost: 0 };
  const acknowledged = new Set<number>();
  let number = 0;
  try {
    const box = await prepareBox(directory);
    for (; tally.kills < plan.kills; tally.kills += 1) {
      plan.signal.throwIfAborted();
      const { program, publisher } = await startBox(box, (each) => acknowledged.add(each));
      const start = clock.mono();
      const liveMs = LIVE_MS_MIN + chance.whole(LIVE_MS_MAX - LIVE_MS_MIN);
      for (let sent = 0; ; ) {
        const elapsedMs = Number(clock.mono() - start) / 1e6;
        if (elapsedMs >= liveMs) break;
        for (const due = (elapsedMs / 1_000) * plan.perSecond; sent < due; sent += 1) {
          number += 1;
          publishNumber(publisher, number);
        }
        await clock.sleep(TICK_MS, plan.signal);
      }
      program.send('SIGKILL');
      await Promise.all([program.ended, publisher.closed]);
      if (tally.kills % 10 === 9) plan.say(`${tally.kills + 1} kills, ${acknowledged.size} acknowledged`);
    }
    const kept = await numbersIn(box.data);
    tally.published = number;
    tally.acknowledged = acknowledged.size;
    tally.lost = [...acknowledged].filter((each) => !kept.has(each)).length;
    tally.survivors = [...kept].filter((each) => !acknowledged.has(each)).length;
    return tally;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
