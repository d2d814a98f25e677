import type { loraModuleWire } from '@outpost/firmware-bridge/wires';
import { concatBytes } from '@outpost/schemas/words';

/** A frame in the air, as it reaches the antenna of a module or leaves it. */
export interface AirFrame {
  readonly phy: Uint8Array;
  readonly frequencyHz: number;
  readonly spreadingFactor: number;
  readonly bandwidthHz: number;
  /** dBm and dB; whole numbers are all that most modules tell. */
  readonly rssiDbm: number;
  readonly snrDb: number;
}

/** What a radio is set to. */
export type Channel = Pick<AirFrame, 'frequencyHz' | 'spreadingFactor' | 'bandwidthHz'>;

export interface Answer {
  /** What comes back for what the program said. */
  readonly bytes: Uint8Array;
  /** Frames that left the antenna. */
  readonly sent: readonly Uint8Array[];
}

/** A simulated module. It holds its own state: the same calls give the same bytes. */
export interface SimulatedModule {
  /** The program spoke; bytes cut anywhere. */
  take(bytes: Uint8Array): Answer;
  /** A frame reached the antenna: what the module prints. Nothing where it does not listen, or to something else. */
  hear(frame: AirFrame): Uint8Array;
  /** Its power failed for a moment: what it prints when it is back. */
  restart(): Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** Cuts what arrives into commands; holds the tail. */
export const commandReader = <Command>(wire: loraModuleWire.Wire<Command>) => {
  let tail: Uint8Array = NOTHING;
  return {
    read: (bytes: Uint8Array): readonly (Command | undefined)[] => {
      const cut = wire.cut(tail, bytes);
      ({ tail } = cut);
      return cut.frames
        .flatMap((frame) => wire.decode(frame))
        .map(({ result }) => (result.ok ? result.value : undefined));
    },
    clear: (): void => {
      tail = NOTHING;
    },
  };
};

export const writeAll = <Event>(wire: loraModuleWire.Wire<Event>, events: readonly Event[]): Uint8Array =>
  concatBytes(...events.map((event) => wire.encode(event)));

export const isTunedTo = (frame: AirFrame, channel: Channel): boolean =>
  frame.frequencyHz === channel.frequencyHz &&
  frame.spreadingFactor === channel.spreadingFactor &&
  frame.bandwidthHz === channel.bandwidthHz;
