import { type MappedMessages, mapDatabase, parseDbc, readSignalMap } from '@outpost/schemas/vehicle/dbc';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { IdBits } from '../../obd/can-frame.ts';
import {
  checkNumber,
  checkObdOption,
  checkOptionsOver,
  DEFAULT_OBD_OPTIONS,
  type ObdOptions,
  type ReadProfile,
  wrongOption,
} from '../../obd/options.ts';
import type { ReadText } from '../../obd/read-text.ts';
import { BIT_RATES_KBPS } from './command.ts';

/** What the configuration can say. */
interface Choices extends ObdOptions {
  readonly bitRateKbps: number | 'auto';
  readonly identifierBits: IdBits | 'auto';
  readonly answerTimeoutMs: number;
  readonly dbc: string | undefined;
  readonly dbcMap: string | undefined;
  readonly j1939: boolean;
  readonly broadcastEveryMs: number | undefined;
}

export interface SlcanOptions extends ObdOptions {
  /** No adapter of this kind measures one. */
  readonly voltageEveryMs: undefined;
  /** Digit of `S`; undefined looks for it. */
  readonly rate: number | undefined;
  /** Undefined tries both. */
  readonly idBits: IdBits | undefined;
  /** How long a control unit may take to begin its answer, the way to the adapter and back included. */
  readonly answerTimeoutMs: number;
  /** Set: nothing is asked, and what the bus says by itself is read. */
  readonly broadcast: BroadcastOptions | undefined;
}

export interface BroadcastOptions {
  readonly messages: MappedMessages;
  /** The bus is that of a heavy vehicle (SAE J1939): what the file does not name is read as its groups. */
  readonly j1939: boolean;
  /** Readings of one signal no more often than this; undefined: at the pace of the signal table. */
  readonly everyMs: number | undefined;
}

const DEFAULTS: Choices = {
  ...DEFAULT_OBD_OPTIONS,
  voltageEveryMs: undefined,
  bitRateKbps: 'auto',
  identifierBits: 'auto',
  answerTimeoutMs: 150,
  dbc: undefined,
  dbcMap: undefined,
  j1939: false,
  broadcastEveryMs: undefined,
};

const ANSWER_TIMEOUT = { min: 30, max: 2_000 } as const;
const BROADCAST_EVERY = { min: 10, max: 86_400_000 } as const;

const checkKey = (
  key: string,
  value: unknown,
  readProfile: ReadProfile,
): Result<Partial<Choices>> | undefined => {
  const where = `options.${key}`;
  switch (key) {
    case 'voltageEveryMs':
      return undefined;
    case 'bitRateKbps':
      if (value === 'auto') return ok({ bitRateKbps: value });
      return typeof value === 'number' && BIT_RATES_KBPS.includes(value)
        ? ok({ bitRateKbps: value })
        : wrongOption(where, `must be “auto” or one of ${BIT_RATES_KBPS.join(', ')}.`);
    case 'identifierBits':
      return value === 'auto' || value === 11 || value === 29
        ? ok({ identifierBits: value })
        : wrongOption(where, 'must be “auto”, 11 or 29.');
    case 'answerTimeoutMs': {
      const number = checkNumber(where, value, ANSWER_TIMEOUT);
      return number.ok ? ok({ answerTimeoutMs: number.value }) : number;
    }
    case 'broadcastEveryMs': {
      const number = checkNumber(where, value, BROADCAST_EVERY);
      return number.ok ? ok({ broadcastEveryMs: number.value }) : number;
    }
    case 'j1939':
      return typeof value === 'boolean' ? ok({ j1939: value }) : wrongOption(where, 'must be true or false.');
    case 'dbc':
    case 'dbcMap':
      return typeof value === 'string' && value !== ''
        ? ok({ [key]: value })
        : wrongOption(where, 'must be the path of a file.');
    default:
      return checkObdOption(key, value, readProfile);
  }
};

const parseJson = (text: string, where: string): Result<unknown> => {
  try {
    return ok(JSON.parse(text));
  } catch {
    return fail(fault('misconfigured', 'dbc.map', where, 'is no JSON.'));
  }
};

const readBroadcast = (dbc: string, map: string, readText: ReadText): Result<MappedMessages> => {
  const dbcText = readText(dbc);
  if (!dbcText.ok) return dbcText;
  const database = parseDbc(dbcText.value, dbc);
  if (!database.ok) return database;
  const mapText = readText(map);
  if (!mapText.ok) return mapText;
  const json = parseJson(mapText.value, map);
  if (!json.ok) return json;
  const signals = readSignalMap(json.value, map);
  return signals.ok ? mapDatabase(database.value, signals.value, map) : signals;
};

/** Checks the `options` of the configuration and fills in what is not said. Faults are `misconfigured`. */
export const checkOptions = (
  options: unknown,
  readText: ReadText,
  readProfile: ReadProfile,
): Result<SlcanOptions> => {
  const checked = checkOptionsOver(DEFAULTS, options, (key, value) => checkKey(key, value, readProfile));
  if (!checked.ok) return checked;
  const {
    bitRateKbps,
    identifierBits,
    dbc,
    dbcMap,
    j1939,
    broadcastEveryMs: everyMs,
    ...obd
  } = checked.value;
  const plain = {
    ...obd,
    voltageEveryMs: undefined,
    rate: bitRateKbps === 'auto' ? undefined : BIT_RATES_KBPS.indexOf(bitRateKbps),
    idBits: identifierBits === 'auto' ? undefined : identifierBits,
  };
  if (dbc === undefined && dbcMap === undefined) {
    const broadcast = j1939 ? { messages: new Map(), j1939, everyMs } : undefined;
    return ok({ ...plain, broadcast });
  }
  if (dbc === undefined || dbcMap === undefined) {
    return wrongOption(`options.${dbc === undefined ? 'dbc' : 'dbcMap'}`, 'dbc and dbcMap belong together.');
  }
  const messages = readBroadcast(dbc, dbcMap, readText);
  if (!messages.ok) return messages;
  return ok({ ...plain, broadcast: { messages: messages.value, j1939, everyMs } });
};
