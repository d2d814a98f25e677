/** One message that a simulated device publishes. */
export interface Said {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** What a device does at one of its turns. Pure: the seed and the moment decide. */
export interface FleetDevice {
  readonly clientId: string;
  /** The topic filter that covers everything it says. */
  readonly filter: string;
  readonly will: Said;
  /** Right after it connected. */
  greet(): readonly Said[];
  /**
   * @param turn counts up, over its connections too
   * @param clockMs the device's own clock, milliseconds since 1970; it may be wrong
   */
  speak(turn: number, clockMs: number): readonly Said[];
}

/** One kind of fleet: the device number `index`, from 0. */
export interface FleetKind {
  readonly name: 'wican' | 'ovms' | 'sensor';
  device(seed: number, index: number): FleetDevice;
}

export const textSaid = (topic: string, text: string, qos: 0 | 1, retain = false): Said => ({
  topic,
  payload: new TextEncoder().encode(text),
  qos,
  retain,
});
