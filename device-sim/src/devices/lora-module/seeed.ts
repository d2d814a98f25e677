import { loraModuleWire } from '@outpost/firmware-bridge/wires';
import { fromHex } from '@outpost/schemas/words';
import {
  type Answer,
  type Channel,
  commandReader,
  isTunedTo,
  type SimulatedModule,
  writeAll,
} from './module.ts';

const { loraE5Codec, SIMULATOR_MARK } = loraModuleWire;
type Event = loraModuleWire.LoraE5Event;

interface Outcome {
  readonly events: readonly Event[];
  readonly sent?: Uint8Array;
}

const says = (name: string, words: string): Outcome => ({ events: [{ kind: 'line', name, words }] });
const errs = (name: string, number: number): Outcome => ({ events: [{ kind: 'error', name, number }] });

const RADIO = /^RFCFG,([\d.]+),SF(\d+),(125|250|500),\d+,\d+,\d+,(?:ON|OFF),(?:ON|OFF),(?:ON|OFF)$/;
const SEND = /^TXLRPKT,"((?:[0-9A-F]{2})+)"$/i;

/** Seeed's LoRa-E5. When its power fails it forgets its mode and what it was set to, and says nothing. */
export const seeedModule = (): SimulatedModule => {
  const reader = commandReader(loraE5Codec.command);
  let isTest = false;
  let listens = false;
  let channel: Channel | undefined;

  const test = (words: string): Outcome => {
    if (!isTest) return errs('TEST', -12);
    const radio = RADIO.exec(words);
    if (radio !== null) {
      const [, mhz, sf, khz] = radio;
      channel = {
        frequencyHz: Math.round(Number(mhz) * 1e6),
        spreadingFactor: Number(sf),
        bandwidthHz: Number(khz) * 1_000,
      };
      return says('TEST', `RFCFG F:${channel.frequencyHz}, SF${sf}, BW${khz}K, TXPR:8, RXPR:8, POW:10dBm`);
    }
    if (words === 'RXLRPKT' || words === 'STOP') {
      listens = words === 'RXLRPKT';
      return says('TEST', words);
    }
    const sent = fromHex(SEND.exec(words)?.[1] ?? '');
    if (sent === undefined || sent.length === 0) return errs('TEST', -1);
    listens = false;
    const done: Event = { kind: 'line', name: 'TEST', words: 'TX DONE' };
    return { events: [...says('TEST', words.replace(',', ' ')).events, done], sent };
  };
  const obey = (line: string): Outcome => {
    if (line === 'AT') return says('AT', 'OK');
    if (line === 'AT+VER') return says('VER', `4.0.11 ${SIMULATOR_MARK}`);
    if (line === 'AT+RESET') {
      isTest = false;
      listens = false;
      return says('RESET', 'OK');
    }
    if (line.startsWith('AT+MODE=')) {
      isTest = line === 'AT+MODE=TEST';
      return says('MODE', line.slice('AT+MODE='.length));
    }
    return line.startsWith('AT+TEST=') ? test(line.slice('AT+TEST='.length)) : errs('AT', -10);
  };

  return {
    take: (bytes): Answer => {
      const outcomes = reader.read(bytes).map((line) => obey(line ?? ''));
      return {
        bytes: writeAll(
          loraE5Codec.event,
          outcomes.flatMap(({ events }) => events),
        ),
        sent: outcomes.flatMap(({ sent }) => (sent === undefined ? [] : [sent])),
      };
    },
    hear: (frame) => {
      if (!listens || channel === undefined || !isTunedTo(frame, channel)) return new Uint8Array(0);
      const { phy, rssiDbm, snrDb } = frame;
      const level: Event = {
        kind: 'level',
        length: phy.length,
        rssi: Math.round(rssiDbm),
        snr: Math.round(snrDb),
      };
      return writeAll(loraE5Codec.event, [level, { kind: 'payload', phy }]);
    },
    restart: () => {
      isTest = false;
      listens = false;
      reader.clear();
      return new Uint8Array(0);
    },
  };
};
