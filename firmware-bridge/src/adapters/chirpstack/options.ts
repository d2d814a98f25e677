import { REGIONS, type RegionPlan, regionNamed } from '@outpost/schemas/radio';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { listedGateways } from '../../lora-gateway/listed-gateways.ts';

export interface ChirpstackOptions {
  /** EUIs of the gateways that are listened to; all of them where it is not given. */
  readonly gateways: ReadonlySet<string> | undefined;
  /** Nothing is sent where it is not set. */
  readonly region: RegionPlan | undefined;
}

/** Gateways that one broker is asked for by name. */
const LISTED_MAX = 4_096;

const CODE = 'chirpstack.options';

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', CODE, where, words));

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
  const listed = gateways === undefined ? ok(undefined) : listedGateways(gateways, LISTED_MAX, CODE);
  return listed.ok ? ok({ gateways: listed.value, region }) : listed;
};
