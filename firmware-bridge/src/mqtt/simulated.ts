import type { Origin } from '@outpost/schemas/words';

/** A level of every topic on which the simulator publishes, where the device lets its owner choose topics. */
export const SIMULATOR_LEVEL = 'outpost-simulator';

/** With it begin the simulated dongles' identifiers: a locally administered address, which no maker gives. */
export const SIMULATED_ID = 'feed00';

const SIMULATED = new RegExp(`(?:^|/)${SIMULATOR_LEVEL}(?:/|$)|^wican/${SIMULATED_ID}[0-9a-f]{6}/`);

/** Nobody's evidence can pass for a device's that comes from the simulator: its topics say what it is. */
export const originOfTopic = (topic: string): Origin => (SIMULATED.test(topic) ? 'simulated' : 'live');
