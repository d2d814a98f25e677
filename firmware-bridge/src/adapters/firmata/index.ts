import type { Fault } from '@outpost/schemas/words';
import type { Adapter, AdapterContext, AdapterParts, Observed } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import type { Port } from '../../port.ts';
import { runSession } from '../../run-session.ts';
import type { BoardMessage } from './message.ts';
import { checkOptions, type FirmataOptions } from './options.ts';
import { codecWith, type OutputDriver } from './output-driver.ts';
import { firmataSession } from './session.ts';
import type { Command, State } from './state.ts';

export { redecode } from './meaning.ts';

/** For boards without outputs, and for whoever gives them a driver of their own. */
export const firmataParts = (
  driver?: OutputDriver,
): AdapterParts<FirmataOptions, State, Command, BoardMessage> => ({
  name: 'firmata',
  takes: ['output', 'restart'],
  check: checkOptions,
  codec: codecWith(driver),
  session: firmataSession,
});

/** By the options of a device, which are the same object for all its connections. */
const createDrivers = () => {
  const drivers = new WeakMap<object, Promise<OutputDriver>>();
  return (key: object, options: FirmataOptions): Promise<OutputDriver> => {
    const known = drivers.get(key);
    if (known !== undefined) return known;
    const made = import('./johnny-five.ts').then(({ createOutputDriver }) => createOutputDriver(options));
    drivers.set(key, made);
    return made;
  };
};

const createAdapter = (): Adapter => {
  const driverOf = createDrivers();
  return {
    ...defineAdapter(firmataParts()),
    read: async function* read(
      port: Port,
      options: unknown,
      context: AdapterContext,
    ): AsyncGenerator<Observed, Fault, void> {
      const checked = checkOptions(options);
      if (!checked.ok) return checked.fault;
      const { value } = checked;
      const key = typeof options === 'object' && options !== null ? options : value;
      const driver = value.outputs.length === 0 ? undefined : await driverOf(key, value);
      const { codec, session } = firmataParts(driver);
      return yield* runSession({ codec, session: session(value) }, port, context);
    },
  };
};

/** Arduinos and other boards with Firmata on a serial line: sensors, and the outputs that the owner allows. */
export const adapter: Adapter = createAdapter();
