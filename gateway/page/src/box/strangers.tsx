import { useState } from 'preact/hooks';
import type { Status } from '../../../src/control/status.ts';
import { post } from '../api.ts';

const WAITING = '.pending';

/** A hotspot that has spoken to a device and that nobody has approved. */
export interface Stranger {
  readonly device: string;
  readonly gateway: string;
  readonly from: string;
}

export const strangersOf = ({ devices }: Pick<Status, 'devices'>): readonly Stranger[] =>
  devices.flatMap(({ name, status }) =>
    Object.entries(status.facts)
      .filter(([fact]) => fact.endsWith(WAITING))
      .map(([fact, from]) => ({ device: name, gateway: fact.slice(0, -WAITING.length), from: String(from) })),
  );

/** Lets its owner say whose it is. */
export const Strangers = ({ strangers }: { readonly strangers: readonly Stranger[] }) => {
  const [words, setWords] = useState('');
  const tell = async (
    kind: 'approve' | 'forbid',
    { device, gateway }: Pick<Stranger, 'device' | 'gateway'>,
  ): Promise<void> => {
    const answer = await post('/api/order', { device, kind, gateway });
    const said = answer.ok ? (answer.value as { readonly words?: string }).words : answer.words;
    setWords(`${gateway}: ${said ?? 'done.'}`);
  };
  if (strangers.length === 0 && words === '') return null;
  return (
    <>
      <p role="status">{words}</p>
      <ul class="offers">
        {strangers.map((each) => (
          <li key={each.device + each.gateway} class="card">
            <h3 class="small">A new hotspot: {each.gateway}</h3>
            <p class="quiet small">
              It speaks to {each.device} from {each.from}, and nothing of what it says is kept yet.
            </p>
            <div class="actions">
              <button type="button" onClick={() => void tell('approve', each)}>
                Approve<span class="for-ears"> {each.gateway}</span>
              </button>
              <button type="button" class="plain" onClick={() => void tell('forbid', each)}>
                Not mine<span class="for-ears">: {each.gateway}</span>
              </button>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
};
