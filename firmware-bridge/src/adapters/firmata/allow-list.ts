import { concatBytes } from '@outpost/schemas/words';
import { firmataCodec } from './codec.ts';
import type { HostMessage } from './message.ts';
import type { Output } from './option-outputs.ts';

const portBits = (pins: readonly number[], port: number): number =>
  pins.filter((pin) => pin >> 3 === port).reduce((bits, pin) => bits | (1 << (pin & 7)), 0);

/** What stands between whoever drives outputs and the wire. */
export interface AllowList {
  /**
   * The bytes, where every message in them is for the pin of this output and leaves every other one as it is. Throws
   * where one is not: then a library has done what it was not told.
   */
  pass(output: Output, bytes: Uint8Array): Uint8Array;
}

/** Levels are written for eight pins at a time: those of no output stay low, and pull-ups (pins of inputs) stay on. */
export const allowList = (outputs: readonly Output[], pullups: readonly number[]): AllowList => {
  const outputPins = outputs.map(({ pin }) => pin);
  const mayWrite = ({ pin }: Output, message: HostMessage): boolean => {
    if (message.kind === 'pin-mode' || message.kind === 'servo' || message.kind === 'write-analog')
      return message.pin === pin;
    if (message.kind !== 'write-digital') return false;
    const held = portBits(pullups, message.port);
    const foreign = message.bits & ~(portBits(outputPins, message.port) | held);
    return message.port === pin >> 3 && foreign === 0 && (message.bits & held) === held;
  };
  const { command } = firmataCodec;
  return {
    pass: (output, bytes) => {
      const { frames, tail, discardedBytes } = command.cut(new Uint8Array(), bytes);
      const messages = frames.flatMap((frame) => command.decode(frame));
      const isFine = messages.every(({ result }) => result.ok && mayWrite(output, result.value));
      if (isFine && tail.length === 0 && discardedBytes === 0) return concatBytes(...frames);
      throw new Error(`More than the output ${output.name} was to be written: ${bytes.join(' ')}.`);
    },
  };
};
