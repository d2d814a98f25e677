import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { startChild } from '../bench/child.ts';
import { random } from '../random/sfc32.ts';
import { probe, runFuzzSession, type Transport } from './broker-fuzz-session.ts';

/** How the broker's process is reached. */
export interface FuzzedAccess {
  readonly tcp: number;
  readonly webSocket: number;
  readonly passwords: readonly string[];
}

/** What the broker's process says of itself. */
export interface FuzzedState {
  /** After a collection. */
  readonly heapBytes: number;
  readonly arrivals: number;
  readonly connections: number;
  readonly sessions: number;
  /** What keeps its event loop alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

export interface BrokerFuzzPlan {
  /** Compiled: where the script of the broker's process is. */
  readonly child: string;
  /** Ends at whichever comes first. */
  readonly sessions: number;
  readonly minutes: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface BrokerFuzzTally {
  readonly sessions: Readonly<Record<Transport, number>>;
  /** Messages that got through to a reader. */
  readonly arrivals: number;
  /** What ended the broker's process, if anything did. */
  readonly uncaught: readonly string[];
  /** Sound clients that were not served in between. */
  readonly probes: { readonly made: number; readonly failed: number };
  /** After a warm-up and at the end, everybody gone. */
  readonly before: Held;
  readonly after: Held;
  /** By the broker's own names: which of its limits were reached. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface Held {
  readonly heapMebibytes: number;
  readonly descriptors: number;
  readonly connections: number;
  readonly sessions: number;
  readonly resources: Readonly<Record<string, number>>;
}

const FUZZED = 'probe';
const SOUND = 'sound';
const AT_ONCE = 32;
/** Sessions before the first look: what is made once has been made. */
const WARM_UP = 2_000;
const PROBE_EVERY = 1_600;
const SAY_EVERY = 20_000;
/** Until the last of the connections must be gone: longer than the broker waits for a CONNECT. */
const QUIET_MS = 10_000;
const MIB = 1 << 20;

/** Sessions of nonsense at a broker in a process of its own: nothing uncaught, nothing left behind, others served. */
export const runBrokerFuzz = async (plan: BrokerFuzzPlan): Promise<BrokerFuzzTally> => {
  const { seed, signal, say } = plan;
  const clock = systemClock();
  const directory = await mkdtemp(join(tmpdir(), 'outpost-broker-fuzz-'));
  const child = startChild(plan.child, {
    node: ['--expose-gc'],
    args: [directory, `${seed}`, FUZZED, SOUND],
  });
  const sessions: Record<Transport, number> = { tcp: 0, webSocket: 0 };
  const probes = { made: 0, failed: 0 };
  const ask = async (): Promise<FuzzedState> => {
    child.say('state');
    return JSON.parse(await child.line()) as FuzzedState;
  };
  /** Waits until everybody is gone; whoever is not, is counted. */
  const hold = async (): Promise<Held & Pick<FuzzedState, 'arrivals' | 'counts'>> => {
    let state = await ask();
    for (let waited = 0; state.connections > 0 && waited < QUIET_MS; waited += 100) {
      await clock.sleep(100, signal);
      state = await ask();
    }
    const descriptors = (await readdir(`/proc/${child.pid}/fd`)).length;
    return { ...state, heapMebibytes: state.heapBytes / MIB, descriptors };
  };
  const heldOf = ({ heapMebibytes, descriptors, connections, sessions: open, resources }: Held): Held => ({
    heapMebibytes,
    descriptors,
    connections,
    sessions: open,
    resources,
  });
  try {
    const access = JSON.parse(await child.line()) as FuzzedAccess;
    const [password = '', sound = ''] = access.passwords;
    const ports = { tcp: access.tcp, webSocket: access.webSocket };
    const endsAt = clock.mono() + BigInt(Math.round(plan.minutes * 60_000)) * 1_000_000n;
    let before: Held | undefined;
    let done = 0;
    while (done < plan.sessions && clock.mono() < endsAt && child.running()) {
      signal.throwIfAborted();
      const batch = Array.from({ length: AT_ONCE }, (_, at) => {
        const chance = random(seed, `session ${done + at}`);
        const transport: Transport = chance.whole(3) === 0 ? 'webSocket' : 'tcp';
        sessions[transport] += 1;
        return runFuzzSession({ chance, transport, port: ports[transport], device: FUZZED, password });
      });
      await Promise.all(batch);
      done += AT_ONCE;
      if (done % PROBE_EVERY === 0) {
        for (const transport of ['tcp', 'webSocket'] as const) {
          const isServed = await probe({ transport, port: ports[transport], device: SOUND, password: sound });
          probes.made += 1;
          if (!isServed) probes.failed += 1;
        }
      }
      if (before === undefined && (done >= WARM_UP || done * 10 >= plan.sessions) && child.running())
        before = heldOf(await hold());
      if (done % SAY_EVERY === 0) say(`${done} sessions, ${probes.failed} of ${probes.made} probes failed`);
    }
    if (before === undefined || !child.running()) throw new Error(`the broker ended: ${child.complaints()}`);
    const { arrivals, counts, ...after } = await hold();
    const uncaught = child.complaints() === '' ? [] : [child.complaints()];
    return { sessions, arrivals, uncaught, probes, before, after: heldOf(after), counts };
  } finally {
    await child.end();
    await rm(directory, { recursive: true, force: true });
  }
};
