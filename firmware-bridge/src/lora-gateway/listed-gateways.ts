import { fail, fault, ok, type Result } from '@outpost/schemas/words';

const EUI = /^[0-9a-f]{16}$/;

/** `options.gateways`: EUIs in hex of either case. A fault is `misconfigured`, with this code. */
export const listedGateways = (value: unknown, most: number, code: string): Result<ReadonlySet<string>> => {
  const wrong = (where: string, words: string): Result<never> =>
    fail(fault('misconfigured', code, where, words));
  if (!Array.isArray(value) || value.length === 0 || value.length > most) {
    return wrong('options.gateways', `must be a list of 1 to ${most} EUIs of gateways that may speak.`);
  }
  const euis = value.map((each: unknown) => (typeof each === 'string' ? each.toLowerCase() : ''));
  const odd = euis.findIndex((eui) => !EUI.test(eui));
  return odd < 0 ? ok(new Set(euis)) : wrong(`options.gateways[${odd}]`, 'must be an EUI: 16 digits of hex.');
};
