import {
  checkFirmataOptions,
  createFirmataDriver,
  createRig,
  firmataParts,
  type Rig,
} from '@outpost/firmware-bridge/wires';
import { announced } from './announce.ts';
import type { Uno } from './uno.ts';

const TURN_MS = 2;

export interface FirmataBench {
  readonly rig: Rig;
  /** Lets time pass on both ends of the line. */
  run(ms: number): void;
  /** Runs until it holds; false where it does not within so long. */
  until(holds: () => boolean, ms: number): boolean;
}

/** The adapter's own session, with johnny-five for the outputs, and a board that runs in the same simulated time. */
export const firmataBench = async (uno: Uno, options: unknown): Promise<FirmataBench> => {
  const checked = checkFirmataOptions(options);
  if (!checked.ok) throw new Error(checked.fault.words);
  const driver = await createFirmataDriver(checked.value);
  const { codec, session } = firmataParts(driver);
  // What the board said while nobody listened.
  uno.sent();
  const rig = createRig(codec, session(checked.value), (bytes) => {
    uno.receive(bytes);
    return [];
  });
  const turn = (): void => {
    uno.run(TURN_MS);
    rig.run(TURN_MS);
    const bytes = announced(uno.sent());
    if (bytes.length > 0) rig.receive(bytes);
  };
  return {
    rig,
    run: (ms) => {
      for (let passed = 0; passed < ms; passed += TURN_MS) turn();
    },
    until: (holds, ms) => {
      for (let passed = 0; passed < ms && !holds(); passed += TURN_MS) turn();
      return holds();
    },
  };
};
