import type { Body } from '@outpost/schemas/words';
import { type Family, type Joined, type Meaning, SIMULATOR_MARK } from '../../lora-module/family.ts';
import { moduleSession } from '../../lora-module/module-session.ts';
import type { HeardFrame } from '../../lora-module/reception.ts';
import type { RadioSettings } from '../../lora-module/settings.ts';
import type { State } from '../../lora-module/state.ts';
import type { Remembered, Session } from '../../session.ts';
import { type MeshtasticCommand, type MeshtasticEvent, meshtasticCodec } from './codec.ts';
import { type MeshPacket, radioHeader, withoutPayload } from './packet.ts';

/** The radio tells all it knows of the mesh first, at the speed of the line. */
const CONFIG_WITHIN_MS = 15_000;
/** Any number that no firmware gives a meaning of its own. */
const CONFIG_ID = 0x4f55_5453;
/** From this transport on a packet came over a network (MQTT, UDP, an application). */
const TRANSPORT_NETWORK = 5;

/** Strength and ratio are those of the sender itself only where nobody passed the packet on. */
const isDirect = ({ hopStart, hopLimit }: MeshPacket): boolean => hopStart > 0 && hopStart === hopLimit;

/** Why a packet is no frame that this radio heard. */
const notHeard = ({ viaMqtt, transport, rxRssi, rxSnr }: MeshPacket): string | undefined => {
  if (viaMqtt || transport >= TRANSPORT_NETWORK) return 'not-by-radio';
  return rxRssi === 0 && rxSnr === 0 ? 'not-heard' : undefined;
};

const heard = (packet: MeshPacket): HeardFrame => {
  const level = isDirect(packet) && Number.isFinite(packet.rxSnr);
  return {
    phy: radioHeader(packet),
    rssiDeciDbm: level && packet.rxRssi !== 0 ? packet.rxRssi * 10 : undefined,
    snrDeciDb: level ? Math.round(packet.rxSnr * 10) : undefined,
    raw: meshtasticCodec.event.encode({ kind: 'packet', packet: withoutPayload(packet) }),
  };
};

export const join = (pieces: readonly MeshtasticEvent[]): Joined<MeshtasticCommand> => {
  const [event] = pieces;
  return event?.kind === 'packet' && pieces.length === 1 && notHeard(event.packet) === undefined
    ? { kind: 'whole', frame: heard(event.packet) }
    : { kind: 'apart' };
};

export const tell = (event: MeshtasticEvent): readonly Body[] =>
  event.kind === 'metadata' && event.firmware !== ''
    ? [{ kind: 'identity', of: 'adapter', text: `Meshtastic ${event.firmware}`, ecu: 0 }]
    : [];

const read = (event: MeshtasticEvent, asked: MeshtasticCommand | undefined): Meaning => {
  switch (event.kind) {
    case 'packet': {
      const reason = notHeard(event.packet);
      return reason === undefined ? { kind: 'piece' } : { kind: 'not-wanted', reason };
    }
    // It comes first: a radio that says it listens, and has heard the question.
    case 'my-info':
      return asked === undefined ? { kind: 'aside' } : { kind: 'answer' };
    case 'config-complete':
      return asked === undefined ? { kind: 'aside' } : { kind: 'answer' };
    case 'rebooted':
      return { kind: 'restarted' };
    case 'metadata':
      return { kind: 'tells' };
    case 'other':
      return { kind: 'not-wanted', reason: 'not-used' };
  }
};

const marks = (text: string): boolean => text.includes(SIMULATOR_MARK);

const family = (radio: RadioSettings | undefined): Family<MeshtasticCommand, MeshtasticEvent> => ({
  name: 'meshtastic',
  codec: meshtasticCodec,
  rates: [115_200],
  setUp: [{ spellings: [{ kind: 'want-config', id: CONFIG_ID }], withinMs: CONFIG_WITHIN_MS }],
  oneShot: false,
  tuned: radio,
  pieceWaitsMs: 0,
  checkAfterMs: 120_000,
  read,
  join,
  tell,
  isSimulator: (event) =>
    (event.kind === 'my-info' && marks(event.device)) || (event.kind === 'metadata' && marks(event.firmware)),
});

export type MeshtasticState = State<MeshtasticCommand, MeshtasticEvent>;

export const meshtasticSession = (
  radio: RadioSettings | undefined,
  remembered?: Remembered,
): Session<MeshtasticState, MeshtasticCommand, MeshtasticEvent> =>
  moduleSession(family(radio), radio, remembered);
