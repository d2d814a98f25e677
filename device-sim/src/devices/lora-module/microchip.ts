import { loraModuleWire } from '@outpost/firmware-bridge/wires';
import { fromHex } from '@outpost/schemas/words';
import { type Answer, commandReader, isTunedTo, type SimulatedModule, writeAll } from './module.ts';

const { rn2483Codec, SIMULATOR_MARK } = loraModuleWire;
type Event = loraModuleWire.Rn2483Event;

const OK: Event = { kind: 'ok' };
const INVALID: Event = { kind: 'error', code: 'invalid_param' };
const GREETING: Event = { kind: 'version', text: `RN2483 1.0.5 ${SIMULATOR_MARK}` };
const PAUSE_MS = 4_294_967_245;
/** What a module forgets when its power fails. */
const FACTORY: ReadonlyMap<string, string> = new Map([
  ['freq', '868100000'],
  ['sf', 'sf12'],
  ['bw', '125'],
]);
const SETTINGS: readonly string[] = [
  'mod',
  'freq',
  'sf',
  'bw',
  'cr',
  'crc',
  'iqi',
  'prlen',
  'sync',
  'pwr',
  'wdt',
];

/** Microchip's RN2483: it receives one frame, then has to be told again. */
export const microchipModule = (): SimulatedModule => {
  const reader = commandReader(rn2483Codec.command);
  let settings = new Map(FACTORY);
  let paused = false;
  let listens = false;
  let level = { rssi: -128, snr: -128 };

  const start = (): void => {
    settings = new Map(FACTORY);
    paused = false;
    listens = false;
  };
  const set = (words: string): Event => {
    const [name = '', value] = words.split(' ');
    if (!SETTINGS.includes(name) || value === undefined) return INVALID;
    if (name === 'freq' && !/^(43[34]|86\d)\d{6}$/.test(value)) return INVALID;
    settings.set(name, value);
    return OK;
  };
  const system = (line: string): readonly Event[] | undefined => {
    if (line === 'sys get ver') return [GREETING];
    if (line === 'sys reset') {
      start();
      return [GREETING];
    }
    if (line !== 'mac pause') return undefined;
    paused = true;
    return [{ kind: 'number', value: PAUSE_MS }];
  };
  const radio = (line: string): { events: readonly Event[]; sent?: Uint8Array } => {
    const own = system(line);
    if (own !== undefined) return { events: own };
    if (line === 'radio get snr') return { events: [{ kind: 'number', value: level.snr }] };
    if (line === 'radio get rssi') return { events: [{ kind: 'number', value: level.rssi }] };
    if (line === 'radio rxstop') {
      listens = false;
      return { events: [OK] };
    }
    if (listens || !paused) return { events: [{ kind: 'error', code: 'busy' }] };
    if (line.startsWith('radio set ')) return { events: [set(line.slice('radio set '.length))] };
    if (line === 'radio rx 0') {
      listens = true;
      return { events: [OK] };
    }
    const sent = line.startsWith('radio tx ') ? fromHex(line.slice('radio tx '.length)) : undefined;
    return sent === undefined ? { events: [INVALID] } : { events: [OK, { kind: 'sent' }], sent };
  };

  return {
    take: (bytes): Answer => {
      const outcomes = reader.read(bytes).map((line) => radio(line ?? ''));
      return {
        bytes: writeAll(
          rn2483Codec.event,
          outcomes.flatMap(({ events }) => events),
        ),
        sent: outcomes.flatMap(({ sent }) => (sent === undefined ? [] : [sent])),
      };
    },
    hear: (frame) => {
      const channel = {
        frequencyHz: Number(settings.get('freq')),
        spreadingFactor: Number(settings.get('sf')?.slice(2)),
        bandwidthHz: Number(settings.get('bw')) * 1_000,
      };
      if (!listens || !isTunedTo(frame, channel)) return new Uint8Array(0);
      listens = false;
      level = { rssi: Math.round(frame.rssiDbm), snr: Math.round(frame.snrDb) };
      return writeAll(rn2483Codec.event, [{ kind: 'payload', phy: frame.phy }]);
    },
    restart: () => {
      start();
      reader.clear();
      return writeAll(rn2483Codec.event, [GREETING]);
    },
  };
};
