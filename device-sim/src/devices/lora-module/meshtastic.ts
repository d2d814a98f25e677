import { loraModuleWire } from '@outpost/firmware-bridge/wires';
import { type AirFrame, type Answer, commandReader, type SimulatedModule, writeAll } from './module.ts';

const { meshtasticCodec, SIMULATOR_MARK } = loraModuleWire;
type Event = loraModuleWire.MeshtasticEvent;

const HEADER_BYTES = 16;
const OWN_NODE = 0x0055_0001;
/** Nodes that it knows when it is asked. */
const KNOWN_NODES = 20;
const NODE_INFO = 4;

/** The packet in a frame on the air: its header, and contents that the radio has no key for. */
const packetIn = ({ phy, rssiDbm, snrDb }: AirFrame): loraModuleWire.MeshPacket | undefined => {
  if (phy.length < HEADER_BYTES) return undefined;
  const view = new DataView(phy.buffer, phy.byteOffset, HEADER_BYTES);
  const flags = view.getUint8(12);
  return {
    to: view.getUint32(0, true),
    from: view.getUint32(4, true),
    id: view.getUint32(8, true),
    channel: view.getUint8(13),
    contents: { kind: 'encrypted', payload: phy.slice(HEADER_BYTES) },
    rxTime: 0,
    rxSnr: Math.round(snrDb * 4) / 4,
    rxRssi: Math.round(rssiDbm),
    hopLimit: flags & 7,
    wantAck: (flags & 8) !== 0,
    viaMqtt: (flags & 16) !== 0,
    hopStart: flags >> 5,
    nextHop: view.getUint8(14),
    relayNode: view.getUint8(15),
    transport: 1,
  };
};

const configuration = (id: number): readonly Event[] => [
  { kind: 'my-info', node: OWN_NODE, device: SIMULATOR_MARK },
  ...Array.from(
    { length: KNOWN_NODES },
    (_, index): Event => ({ kind: 'other', field: NODE_INFO, bytes: Uint8Array.of(0x08, index + 1) }),
  ),
  { kind: 'metadata', firmware: `${SIMULATOR_MARK} 2.7` },
  { kind: 'config-complete', id },
];

/** A Meshtastic radio that hears every packet and has no key for any. */
export const meshtasticModule = (): SimulatedModule => {
  const reader = commandReader(meshtasticCodec.command);
  return {
    take: (bytes): Answer => {
      const commands = reader.read(bytes);
      const events = commands.flatMap((command) =>
        command?.kind === 'want-config' ? configuration(command.id) : [],
      );
      return { bytes: writeAll(meshtasticCodec.event, events), sent: [] };
    },
    hear: (frame) => {
      const packet = packetIn(frame);
      return packet === undefined
        ? new Uint8Array(0)
        : writeAll(meshtasticCodec.event, [{ kind: 'packet', packet }]);
    },
    restart: () => {
      reader.clear();
      return writeAll(meshtasticCodec.event, [{ kind: 'rebooted' }]);
    },
  };
};
