import { loraModuleWire } from '@outpost/firmware-bridge/wires';
import { asciiBytes } from '@outpost/schemas/words';
import { type Answer, commandReader, isTunedTo, type SimulatedModule, writeAll } from './module.ts';

const { kissCodec, RNODE, rnodeCodec, SIMULATOR_MARK, SIMULATOR_PLATFORM } = loraModuleWire;
type Frame = loraModuleWire.KissFrame;

/** A TNC that hears every frame. Nobody can ask it for its name, so it says it before each. */
export const tncModule = (): SimulatedModule => {
  const reader = commandReader(kissCodec.command);
  const name = { kind: 'hardware' as const, port: 0, data: asciiBytes(`TNC:${SIMULATOR_MARK}`) };
  return {
    take: (bytes): Answer => ({
      bytes: new Uint8Array(0),
      sent: reader.read(bytes).flatMap((frame) => (frame?.kind === 'data' ? [frame.data] : [])),
    }),
    hear: ({ phy }) => writeAll(kissCodec.event, [name, { kind: 'data', port: 0, data: phy }]),
    restart: () => {
      reader.clear();
      return new Uint8Array(0);
    },
  };
};

const DETECTED = 0x46;
const RESET_BYTE = 0xf8;

const uint32 = (data: Uint8Array | undefined): number =>
  data === undefined ? 0 : new DataView(data.buffer, data.byteOffset, 4).getUint32(0);

/** A board with RNode firmware. It forgets what it was set to. */
export const rnodeModule = (): SimulatedModule => {
  const reader = commandReader(rnodeCodec.command);
  let settings = new Map<number, Uint8Array>();

  const obey = ({ command, data }: Frame): readonly Frame[] => {
    switch (command) {
      case RNODE.detect:
        return [{ command, data: Uint8Array.of(DETECTED) }];
      case RNODE.platform:
        return [{ command, data: Uint8Array.of(SIMULATOR_PLATFORM) }];
      case RNODE.firmware:
        return [{ command, data: Uint8Array.of(1, 73) }];
      case RNODE.data:
        return [];
      default:
        settings.set(command, data);
        return [{ command, data }];
    }
  };

  return {
    take: (bytes): Answer => {
      const frames = reader.read(bytes).filter((frame) => frame !== undefined);
      return {
        bytes: writeAll(rnodeCodec.event, frames.flatMap(obey)),
        sent: frames.filter(({ command }) => command === RNODE.data).map(({ data }) => data),
      };
    },
    hear: (frame) => {
      const channel = {
        frequencyHz: uint32(settings.get(RNODE.frequency)),
        spreadingFactor: settings.get(RNODE.spreadingFactor)?.[0] ?? 0,
        bandwidthHz: uint32(settings.get(RNODE.bandwidth)),
      };
      if (settings.get(RNODE.radioState)?.[0] !== 1 || !isTunedTo(frame, channel)) return new Uint8Array(0);
      return writeAll(rnodeCodec.event, [
        { command: RNODE.rssi, data: Uint8Array.of(Math.max(0, Math.round(frame.rssiDbm) + 157)) },
        { command: RNODE.snr, data: Uint8Array.of(Math.round(frame.snrDb * 4) & 0xff) },
        { command: RNODE.data, data: frame.phy },
      ]);
    },
    restart: () => {
      settings = new Map();
      reader.clear();
      return writeAll(rnodeCodec.event, [{ command: RNODE.reset, data: Uint8Array.of(RESET_BYTE) }]);
    },
  };
};
