import { loraModuleWire } from '@outpost/firmware-bridge/wires';
import { fromHex } from '@outpost/schemas/words';
import {
  type AirFrame,
  type Answer,
  type Channel,
  commandReader,
  isTunedTo,
  type SimulatedModule,
  writeAll,
} from './module.ts';

const { rui3Codec, SIMULATOR_MARK } = loraModuleWire;
type Event = loraModuleWire.Rui3Event;

/** How a RAK module prints a reception: RUI3, RUI3 with words, and what came before it in two lines. */
export type RakDialect = 'plain' | 'named' | 'two-line';

const SETTING = /^AT\+([A-Z0-9]+)=(.*)$/;
const OK: Event = { kind: 'ok' };
const GREETING: readonly Event[] = [
  { kind: 'greeting', text: 'RAKwireless RAK3172 Example' },
  { kind: 'greeting', text: '------------------------------------------------------' },
  { kind: 'greeting', text: `Version: ${SIMULATOR_MARK} 4.0.6` },
  { kind: 'greeting', text: 'Current Work Mode: LoRa P2P.' },
];
const NOT_LISTENING = '0';
/** Listens and lets nothing else be done. */
const LISTENS_ONLY = '65534';

const channelOf = (p2p: string): Channel => {
  const [frequencyHz = 0, spreadingFactor = 0, bandwidth = 0] = p2p.split(':').map(Number);
  const bandwidthHz = bandwidth < 10 ? 125_000 * 2 ** bandwidth : bandwidth * 1_000;
  return { frequencyHz, spreadingFactor, bandwidthHz };
};

const receptionIn = (dialect: RakDialect, { phy, rssiDbm, snrDb }: AirFrame): readonly Event[] => {
  const level = { rssi: Math.round(rssiDbm), snr: Math.round(snrDb) };
  if (dialect === 'two-line')
    return [
      { kind: 'level', ...level },
      { kind: 'payload', phy },
    ];
  return [{ kind: 'frame', named: dialect === 'named', ...level, phy }];
};

/** A RAK module. Its settings last when its power fails, whether it listens does not. */
export const rakModule = (dialect: RakDialect): SimulatedModule => {
  const reader = commandReader(rui3Codec.command);
  const settings = new Map([
    ['NWM', '1'],
    ['P2P', '868000000:7:125:0:8:14'],
    ['SYNCWORD', '3444'],
    ['VER', `${SIMULATOR_MARK} RUI_4.0.6`],
  ]);
  let precv = NOT_LISTENING;

  const send = (hex: string): { events: readonly Event[]; sent?: Uint8Array } => {
    const phy = fromHex(hex);
    if (phy === undefined || phy.length === 0) return { events: [{ kind: 'error', code: 'AT_PARAM_ERROR' }] };
    return { events: [OK, { kind: 'note', text: 'TXP2P DONE' }], sent: phy };
  };
  const obey = (line: string): { events: readonly Event[]; sent?: Uint8Array } => {
    if (line === 'AT') return { events: [OK] };
    if (line === 'ATZ') {
      precv = NOT_LISTENING;
      return { events: GREETING };
    }
    const [, name = '', value = ''] = SETTING.exec(line) ?? [];
    if (name === '') return { events: [{ kind: 'error', code: 'AT_COMMAND_NOT_FOUND' }] };
    if (value === '?') return { events: [{ kind: 'value', name, value: settings.get(name) ?? '' }, OK] };
    if (name === 'PRECV') {
      precv = value;
      return { events: [OK] };
    }
    if (precv === LISTENS_ONLY) return { events: [{ kind: 'error', code: 'AT_BUSY_ERROR' }] };
    if (name === 'PSEND') return send(value);
    if (!settings.has(name)) return { events: [{ kind: 'error', code: 'AT_COMMAND_NOT_FOUND' }] };
    const restarts = name === 'NWM' && settings.get('NWM') !== value;
    settings.set(name, value);
    return { events: restarts ? [OK, ...GREETING] : [OK] };
  };

  return {
    take: (bytes): Answer => {
      const outcomes = reader.read(bytes).map((line) => obey(line ?? ''));
      return {
        bytes: writeAll(
          rui3Codec.event,
          outcomes.flatMap(({ events }) => events),
        ),
        sent: outcomes.flatMap(({ sent }) => (sent === undefined ? [] : [sent])),
      };
    },
    hear: (frame) =>
      precv === NOT_LISTENING ||
      settings.get('NWM') !== '0' ||
      !isTunedTo(frame, channelOf(settings.get('P2P') ?? ''))
        ? new Uint8Array(0)
        : writeAll(rui3Codec.event, receptionIn(dialect, frame)),
    restart: () => {
      precv = NOT_LISTENING;
      reader.clear();
      return writeAll(rui3Codec.event, GREETING);
    },
  };
};
