export {
  type Database,
  DBC_LABELS_MAX,
  DBC_MESSAGES_MAX,
  DBC_SIGNALS_MAX,
  DBC_SIGNALS_OF_MESSAGE_MAX,
  DBC_TEXT_MAX_CHARACTERS,
  type DbcMessage,
  type DbcSignal,
  type Flaw,
  type Limits,
  type Multiplexed,
  messageKey,
} from './database.ts';
export { decodeFrame, encodeFrame, type SignalValue, signalValue } from './frame.ts';
export {
  MAP_ENTRIES_MAX,
  type MappedFrame,
  type MappedMessage,
  type MappedMessages,
  type MappedValue,
  mapDatabase,
  readMapped,
  readSignalMap,
  type SignalMap,
} from './map.ts';
export { parseDbc } from './parse.ts';
