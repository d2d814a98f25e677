import { profileByName } from '@outpost/schemas/vehicle/profiles';
import { asciiText } from '@outpost/schemas/words';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRig } from '../../testing/rig.ts';
import { elm327Parts } from './index.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import { GOOD_CAR, line, playDongle } from './play-dongle.ts';
import { redecode } from './redecode.ts';

const REQUEST = '2243AF';
const TRUE = line('6243AF8000', '7EC');
const PENDING = line('7F2278', '7EC');

type Damage = (reply: string) => string;

/** One hex digit becomes another. */
const flips = fc.record({ at: fc.nat(), by: fc.constantFrom(...'0123456789ABCDEF') }).map(
  ({ at, by }): Damage =>
    (reply) => {
      const place = at % reply.length;
      return reply[place] === '|' ? reply : reply.slice(0, place) + by + reply.slice(place + 1);
    },
);
const cuts = fc.nat().map(
  (at): Damage =>
    (reply) =>
      reply.slice(0, at % reply.length),
);
const others = fc.constantFrom<Damage>(
  (reply) => `${reply}|${reply}`,
  (reply) => `${PENDING}|${reply}`,
  (reply) => `${reply}|${PENDING}`,
  (reply) => `${GOOD_CAR['010C']}|${reply}`,
  () => line('6243AE8000', '7EC'),
  () => line('6243AF8000', '7ED'),
  () => 'NO DATA',
);
const damages = fc.array(fc.oneof(flips, flips, cuts, others), { minLength: 12, maxLength: 12 });

it('makes no value of a damaged reply of one control unit but what its own digits say', () => {
  const profile = profileByName('chevrolet-bolt-ev');
  if (!profile.ok) throw new Error(profile.fault.words);
  const options = { ...DEFAULT_OPTIONS, poll: [], profile: profile.value };
  fc.assert(
    fc.property(damages, (list) => {
      // As many good replies as are learned from, then good and damaged ones in turn.
      const replies = [...new Array<string>(6).fill(TRUE), ...list.flatMap((damage) => [damage(TRUE), TRUE])];
      const far = playDongle({ replies: { ...GOOD_CAR, [REQUEST]: replies } });
      const rig = createRig(elm327Parts.codec, elm327Parts.session(options), far);
      rig.run(120_000);
      const charges = rig.said.filter(({ body }) => 'ecu' in body && body.ecu === 0x7ec);
      expect(charges.length).toBeGreaterThan(2);
      for (const { body, raw } of charges) {
        // The same control unit, length, service and identifier, whatever the digits of the value are.
        expect(asciiText(raw)).toMatch(/^7EC056243AF[0-9A-F]{8}$/);
        expect(redecode(raw)).toContainEqual(body);
      }
    }),
    { numRuns: 12, seed: 1 },
  );
});
