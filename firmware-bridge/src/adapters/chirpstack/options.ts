import { REGIONS, type RegionPlan, regionNamed } from '@outpost/schemas/radio';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

export interface ChirpstackOptions {
  /** EUIs of the gateways that are listened to; all of them where it is not given. */
  readonly gateways: ReadonlySet<string> | undefined;
  /** Nothing is sent where it is not set. */
  readonly region: RegionPlan | undefined;
}

/** Gateways that one broker is asked for by name. */
const LISTED_MAX = 4_096;
const EUI = /^[0-9a-f]{16}$/;

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'chirpstack.options', where, words));

const checkGateways = (value: unknown): Result<ReadonlySet<string> | undefined> => {
  if (value === undefined) return ok(undefined);
  if (!Array.isArray(value) || value.length === 0 || value.length > LISTED_MAX) {
    return wrong('options.gateways', `must be a list of 1 to ${LISTED_MAX} EUIs.`);
  }
  const euis = value.map((each) => (typeof each === 'string' ? each.toLowerCase() : ''));
  const odd = euis.findIndex((eui) => !EUI.test(eui));
  return odd < 0 ? ok(new Set(euis)) : wrong(`options.gateways[${odd}]`, 'must be an EUI: 16 digits of hex.');
};

/** Checks the `options` of the configuration and fills in what is not said. Faults are `misconfigured`. */
export const checkOptions = (options: unknown): Result<ChirpstackOptions> => {
  if (options === undefined) return ok({ gateways: undefined, region: undefined });
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    return wrong('options', 'must be an object.');
  }
  const { gateways, region: named, ...others } = options as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    return wrong(`options.${unknown}`, 'is no option; there are gateways and region.');
  }
  const region = typeof named === 'string' ? regionNamed(named) : undefined;
  if (named !== undefined && region === undefined) {
    return wrong('options.region', `must be one of ${REGIONS.map(({ name }) => name).join(', ')}.`);
  }
  const listed = checkGateways(gateways);
  return listed.ok ? ok({ gateways: listed.value, region }) : listed;
};
