import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { Port, PortContext, PortScheme } from '../port.ts';
import { withoutCredentials } from './address.ts';
import { lns } from './lns.ts';
import { mqttPorts } from './mqtt.ts';
import { replay } from './replay.ts';
import { serial } from './serial.ts';
import { tcp } from './tcp.ts';
import { udp } from './udp.ts';

/** One line per scheme. A table from another place takes the place of this one, in tests for one. */
export const portSchemes: readonly PortScheme[] = [
  serial, //
  tcp,
  udp,
  lns,
  replay,
  ...mqttPorts,
];

/** An address longer than this is no address. */
const ADDRESS_MAX_CHARS = 4096;

const listed = (schemes: readonly PortScheme[]): string => {
  const examples = [...new Set(schemes.map(({ example }) => example))];
  const last = examples.at(-1) ?? '';
  return examples.length < 2 ? last : `${examples.slice(0, -1).join(', ')} or ${last}`;
};

interface Chosen {
  readonly scheme: PortScheme;
  readonly address: URL;
}

const choose = (uri: string, schemes: readonly PortScheme[]): Result<Chosen> => {
  const wrong = (words: string): Result<Chosen> => {
    const where = withoutCredentials(uri.slice(0, 200));
    return fail(fault('misconfigured', 'port.address', where === '' ? 'port' : where, words));
  };
  const name = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase();
  const scheme = schemes.find((candidate) => candidate.scheme === name);
  if (scheme === undefined) return wrong(`is not the address of a port; write ${listed(schemes)}.`);
  const address = uri.length <= ADDRESS_MAX_CHARS && URL.canParse(uri) ? new URL(uri) : undefined;
  if (address === undefined) return wrong(`cannot be read as an address; write it like ${scheme.example}.`);
  const checked = scheme.check(address);
  return checked.ok ? ok({ scheme, address }) : checked;
};

/** Checks an address without touching anything; a fault is `misconfigured` and a whole sentence. */
export const checkAddress = (uri: string, schemes: readonly PortScheme[] = portSchemes): Result<void> => {
  const chosen = choose(uri, schemes);
  return chosen.ok ? ok(undefined) : chosen;
};

/** Opens whatever the address names. Rejects only with the signal's reason. */
export const openPort = async (
  uri: string,
  context: PortContext,
  schemes: readonly PortScheme[] = portSchemes,
): Promise<Result<Port>> => {
  const chosen = choose(uri, schemes);
  return chosen.ok ? chosen.value.scheme.open(chosen.value.address, context) : chosen;
};
