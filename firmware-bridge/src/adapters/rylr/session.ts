import type { Body } from '@outpost/schemas/words';
import {
  type Ask,
  type Family,
  type Joined,
  type Meaning,
  SIMULATOR_MARK,
} from '../../lora-module/family.ts';
import { moduleSession } from '../../lora-module/module-session.ts';
import type { RadioSettings } from '../../lora-module/settings.ts';
import type { State } from '../../lora-module/state.ts';
import type { Remembered, Session } from '../../session.ts';
import { type RylrEvent, rylrCodec } from './codec.ts';

const ANSWER_MS = 1_000;
const RESET = 'AT+RESET';
const VERSION = 'AT+VER?';
/** The last transmission is not over. */
const STILL_SENDING = 17;

const settingsOf = (radio: RadioSettings): ReadonlyMap<string, string> => {
  const { frequencyHz, spreadingFactor, bandwidthHz, codingRate, preambleSymbols } = radio;
  const bandwidth = 7 + Math.log2(bandwidthHz / 125_000);
  return new Map([
    ['MODE', '0'],
    ['BAND', String(frequencyHz)],
    ['PARAMETER', [spreadingFactor, bandwidth, codingRate, preambleSymbols].join(',')],
  ]);
};

export const join = (pieces: readonly RylrEvent[]): Joined<string> => {
  const [event] = pieces;
  if (event?.kind !== 'reception' || event.data.length === 0 || pieces.length > 1) return { kind: 'apart' };
  const { data, rssi, snr } = event;
  return { kind: 'whole', frame: { phy: data, rssiDeciDbm: rssi * 10, snrDeciDb: snr * 10 } };
};

export const tell = (event: RylrEvent): readonly Body[] =>
  event.kind === 'value' && event.name === 'VER'
    ? [{ kind: 'identity', of: 'adapter', text: event.value.slice(0, 64), ecu: 0 }]
    : [];

const readValue = (
  { name, value }: { readonly name: string; readonly value: string },
  asked: string | undefined,
  wanted: ReadonlyMap<string, string>,
): Meaning => {
  if (asked !== `AT+${name}?`) return { kind: 'not-wanted', reason: 'late' };
  return asked === VERSION
    ? { kind: 'tells', answers: true }
    : { kind: 'answer', holds: wanted.get(name) === value };
};

const family = (radio: RadioSettings): Family<string, RylrEvent> => {
  const wanted = settingsOf(radio);
  const withinMs = ANSWER_MS;
  const settings = [...wanted].map(
    ([name, value]): Ask<string> => ({
      query: `AT+${name}?`,
      spellings: [`AT+${name}=${value}`],
      withinMs,
      ...(name === 'MODE' ? { optional: true } : {}),
    }),
  );
  return {
    name: 'rylr',
    codec: rylrCodec,
    rates: [115_200, 9_600],
    setUp: [{ spellings: ['AT'], withinMs }, { spellings: [VERSION], withinMs, optional: true }, ...settings],
    reset: { spellings: [RESET], withinMs: 3_000, settleMs: 500, once: true, optional: true },
    oneShot: false,
    tuned: radio,
    pieceWaitsMs: 500,
    checkAfterMs: 60_000,
    read: (event, asked) => {
      switch (event.kind) {
        case 'ok':
          return { kind: 'answer' };
        case 'ready':
          return asked === RESET ? { kind: 'answer' } : { kind: 'restarted' };
        case 'resetting':
          return { kind: 'aside' };
        case 'error': {
          const action = event.code === STILL_SENDING ? 'again' : 'next-spelling';
          return { kind: 'refusal', code: `error-${event.code}`, action };
        }
        case 'value':
          return readValue(event, asked, wanted);
        case 'reception':
          return { kind: 'piece' };
      }
    },
    join,
    tell,
    isSimulator: (event) => event.kind === 'value' && event.value.includes(SIMULATOR_MARK),
  };
};

export type RylrState = State<string, RylrEvent>;

export const rylrSession = (
  radio: RadioSettings,
  remembered?: Remembered,
): Session<RylrState, string, RylrEvent> => moduleSession(family(radio), radio, remembered);
