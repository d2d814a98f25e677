import type { Codec, Wire } from '../../wire.ts';
import { firmataCodec } from './codec.ts';
import type { BoardMessage } from './message.ts';
import type { Command, OutputCommand } from './state.ts';

/** Turns what outputs shall do into messages of the wire. It writes nothing itself: the session's shell does. */
export interface OutputDriver {
  encode(command: OutputCommand): Uint8Array;
}

/** Whole messages; the bytes of outputs come from whoever drives them. */
export const codecWith = (driver: OutputDriver | undefined): Codec<Command, BoardMessage> => {
  const command: Wire<Command> = {
    ...firmataCodec.command,
    encode: (wanted) => {
      if (wanted.kind !== 'attach' && wanted.kind !== 'drive') return firmataCodec.command.encode(wanted);
      if (driver === undefined) throw new Error('An output was driven where none is configured.');
      return driver.encode(wanted);
    },
  };
  return { ...firmataCodec, command };
};
