import { useState } from 'preact/hooks';
import type { Status } from '../../src/control/status.ts';
import type { AttachedLine } from '../../src/settings/attached.ts';
import { Attached } from './box/attached.tsx';
import { Strangers, strangersOf } from './box/strangers.tsx';
import { unknownCount } from './box/unknown.ts';
import type { Live } from './live.ts';
import { linkTo } from './place.ts';
import { useTopic } from './topic.ts';

/** Where there is no device yet, whatever is there; else what was plugged in since the box runs. */
const isOffer = ({ devices }: Status, { device, certainty, sinceMs }: AttachedLine): boolean =>
  device === '' && (sinceMs > 0 || (devices.length === 0 && certainty !== 'seen'));

/** What has just come and could be a device: it is told as soon as the box sees it, and goes when it goes. */
export const Offers = ({ live }: { readonly live: Live }) => {
  useTopic(live.status);
  const [, turn] = useState(0);
  const { current, first } = live.status;
  if (current === undefined || first === undefined) return null;
  const lines = current.attached.filter(
    (line) => isOffer(current, line) && !live.dismissed.has(line.address + line.sinceMs),
  );
  const strangers = strangersOf(current);
  const knocked = unknownCount(current) - unknownCount(first);
  const dismiss = ({ address, sinceMs }: AttachedLine): void => {
    live.dismissed.add(address + sinceMs);
    turn((before) => before + 1);
  };
  return (
    <section aria-label="New devices" aria-live="polite">
      <Attached lines={lines} names={current.devices.map(({ name }) => name)} dismiss={dismiss} />
      <Strangers strangers={strangers} />
      {knocked > 0 && (
        <p class="banner">
          Something that this box does not know wants to speak to its MQTT broker.{' '}
          <a href={linkTo('box')}>Let it in, if it is yours</a>.
        </p>
      )}
    </section>
  );
};
