import { loraModuleWire } from '@outpost/firmware-bridge/wires';
import {
  type Answer,
  type Channel,
  commandReader,
  isTunedTo,
  type SimulatedModule,
  writeAll,
} from './module.ts';

const { rylrCodec, SIMULATOR_MARK } = loraModuleWire;
type Event = loraModuleWire.RylrEvent;

const OK: Event = { kind: 'ok' };
const UNKNOWN: Event = { kind: 'error', code: 4 };
/** AT+SEND takes no more, so nobody sends more. */
const DATA_MAX_BYTES = 240;
/** Of whoever sends. */
const ADDRESS = 50;

const channelOf = (settings: ReadonlyMap<string, string>): Channel => {
  const [spreadingFactor = 0, bandwidth = 0] = (settings.get('PARAMETER') ?? '').split(',').map(Number);
  return {
    frequencyHz: Number(settings.get('BAND')),
    spreadingFactor,
    bandwidthHz: 125_000 * 2 ** (bandwidth - 7),
  };
};

/** A Reyax module. Its settings last. */
export const reyaxModule = (): SimulatedModule => {
  const reader = commandReader(rylrCodec.command);
  const settings = new Map([
    ['VER', `RYLR998_${SIMULATOR_MARK}`],
    ['MODE', '0'],
    ['BAND', '915000000'],
    ['PARAMETER', '9,7,1,12'],
  ]);

  const obey = (line: string): readonly Event[] => {
    if (line === 'AT') return [OK];
    if (line === 'AT+RESET') return [{ kind: 'resetting' }, { kind: 'ready' }];
    const [, name = '', mark, value = ''] = /^AT\+([A-Z]+)([?=])(.*)$/.exec(line) ?? [];
    const known = settings.get(name);
    if (known === undefined) return [UNKNOWN];
    if (mark === '?') return [{ kind: 'value', name, value: known }];
    settings.set(name, value);
    return [OK];
  };

  return {
    take: (bytes): Answer => ({
      bytes: writeAll(
        rylrCodec.event,
        reader.read(bytes).flatMap((line) => obey(line ?? '')),
      ),
      sent: [],
    }),
    hear: (frame) => {
      if (!isTunedTo(frame, channelOf(settings)) || frame.phy.length > DATA_MAX_BYTES)
        return new Uint8Array(0);
      const rssi = Math.round(frame.rssiDbm);
      const snr = Math.round(frame.snrDb);
      return writeAll(rylrCodec.event, [{ kind: 'reception', address: ADDRESS, data: frame.phy, rssi, snr }]);
    },
    restart: () => {
      reader.clear();
      return writeAll(rylrCodec.event, [{ kind: 'ready' }]);
    },
  };
};
