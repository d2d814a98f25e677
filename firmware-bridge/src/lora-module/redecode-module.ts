import type { Body } from '@outpost/schemas/words';
import type { Wire } from '../wire.ts';
import type { Family } from './family.ts';
import { splitMark } from './mark.ts';
import { emissionOf, receptionOf } from './reception.ts';

const NOTHING = new Uint8Array(0);

export interface ModuleReading<Command, Event> extends Pick<Family<Command, Event>, 'join' | 'tell'> {
  readonly wire: Wire<Event>;
  /** Whether the module says by this that a frame went out; undefined where it never says so. */
  isSent?(event: Event): boolean;
}

/** What the raw bytes of a reading say: those of one reception with its mark, or of one event that tells something. */
export const redecodeModule =
  <Command, Event>({ wire, join, tell, isSent }: ModuleReading<Command, Event>) =>
  (signed: Uint8Array): readonly Body[] => {
    const { raw, tuned, sent } = splitMark(signed);
    const events: Event[] = [];
    for (const frame of wire.cut(NOTHING, raw).frames) {
      for (const { result } of wire.decode(frame)) if (result.ok) events.push(result.value);
    }
    const [first] = events;
    if (first === undefined) return [];
    if (sent !== undefined) {
      const holds = tuned !== undefined && events.length === 1 && isSent?.(first) === true;
      return holds ? [emissionOf(sent.phy, tuned, sent.eirpDbm)] : [];
    }
    const joined = join(events);
    if (joined.kind !== 'apart' && joined.frame !== undefined) return [receptionOf(joined.frame, tuned)];
    return events.length === 1 ? tell(first) : [];
  };
