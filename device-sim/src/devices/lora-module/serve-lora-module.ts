import { type Clock, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { random } from '../../random/sfc32.ts';
import type { Line, PlugEvents, Socket } from '../plug.ts';
import { type Damage, damaged } from './damage.ts';
import { LORA_MODULE_NAMES, LORA_MODULES } from './families.ts';
import type { Channel } from './module.ts';
import { airFrame } from './traffic.ts';

export interface ServeLoraModule {
  /** One of `LORA_MODULE_NAMES`. */
  readonly family: string;
  /** Where frames are on the air. */
  readonly channel: Channel;
  /** How far they are apart. */
  readonly everyMs: number;
  readonly seed: number;
  readonly damage: Damage;
  /** After so many frames its power fails; 0: never. */
  readonly restartAfterFrames: number;
  readonly socket: Socket;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
}

export interface LoraModuleTally {
  /** Frames on the air, those that it heard, those that it told whole. */
  readonly onAir: number;
  readonly heard: number;
  readonly whole: number;
  /** Frames that it was told to send. */
  readonly sent: number;
  readonly restarts: number;
  /** Programs that connected so far. */
  readonly clients: number;
}

/** A simulated module on a real socket. Disposing ends it. */
export interface ServedLoraModule extends AsyncDisposable {
  /** What a gateway is configured with: `tcp://127.0.0.1:35200`. */
  readonly where: string;
  tally(): LoraModuleTally;
  readonly ended: Promise<void>;
}

/** The module between the clock and whoever is connected; undefined for a family that there is not. */
const running = (options: ServeLoraModule) => {
  const module = LORA_MODULES.get(options.family)?.();
  if (module === undefined) return undefined;
  const { family, channel, damage, restartAfterFrames, seed } = options;
  const air = random(seed, 'air');
  const dice = random(seed, 'damage');
  const tally = { onAir: 0, heard: 0, whole: 0, sent: 0, restarts: 0, clients: 0 };
  let line: Line | undefined;
  const events: PlugEvents = {
    connected: (connected) => {
      line = connected;
      tally.clients += 1;
    },
    bytes: (bytes) => {
      const answer = module.take(bytes);
      tally.sent += answer.sent.length;
      line?.write(answer.bytes);
    },
    lineRate: () => undefined,
    gone: () => {
      line = undefined;
    },
  };
  return {
    events,
    tally: (): LoraModuleTally => ({ ...tally }),
    /** The next frame on the air. */
    next: (): void => {
      tally.onAir += 1;
      const said = module.hear(airFrame(air, family, channel));
      if (said.length > 0) {
        const { bytes, intact } = damaged(dice, said, damage);
        tally.heard += 1;
        tally.whole += intact ? 1 : 0;
        line?.write(bytes);
      }
      if (restartAfterFrames === 0 || tally.onAir % restartAfterFrames > 0) return;
      tally.restarts += 1;
      line?.write(module.restart());
    },
  };
};

/** Puts a simulated module on a real socket, with somebody else's frames on the air. A fault is `misconfigured`. */
export const serveLoraModule = async (options: ServeLoraModule): Promise<Result<ServedLoraModule>> => {
  const { socket, clock, signal, everyMs, family } = options;
  const module = running(options);
  if (module === undefined) {
    const words = `"${family}" is not one of ${LORA_MODULE_NAMES.join(', ')}.`;
    return fail(fault('misconfigured', 'sim.option', '--family', words));
  }
  const plugged = await socket.plugIn(module.events, signal);
  if (!plugged.ok) return plugged;
  const plug = plugged.value;
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const ended = (async (): Promise<void> => {
    while (!until.aborted && plug.isWhole()) {
      await clock.sleep(everyMs, until).catch(() => undefined);
      if (!until.aborted) module.next();
    }
    await plug[Symbol.asyncDispose]();
  })();
  return ok({
    where: plug.where,
    tally: module.tally,
    ended,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  });
};
