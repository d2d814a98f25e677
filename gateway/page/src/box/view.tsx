import { useState } from 'preact/hooks';
import { post, refusalWords } from '../api.ts';
import { Asked, useAsked } from '../asked.tsx';
import { saveAs } from '../save.ts';
import { useTopic } from '../topic.ts';
import type { ViewParts } from '../views.ts';
import { Enrolment } from './enrolment.tsx';
import { Found } from './found.tsx';

const WAITING = '.pending';
const PASSPHRASE_MIN = 10;

/** Hotspots that have spoken to a device and that nobody has approved. */
const strangersOf = (
  devices: readonly { readonly name: string; readonly status: { readonly facts: object } }[],
) =>
  devices.flatMap(({ name, status }) =>
    Object.entries(status.facts)
      .filter(([fact]) => fact.endsWith(WAITING))
      .map(([fact, from]) => ({ device: name, gateway: fact.slice(0, -WAITING.length), from: String(from) })),
  );

const Strangers = ({ strangers }: { readonly strangers: ReturnType<typeof strangersOf> }) => {
  const [words, setWords] = useState('');
  const tell = async (kind: 'approve' | 'forbid', device: string, gateway: string): Promise<void> => {
    const answer = await post('/api/order', { device, kind, gateway });
    const said = answer.ok ? (answer.value as { readonly words?: string }).words : answer.words;
    setWords(`${gateway}: ${said ?? 'done.'}`);
  };
  if (strangers.length === 0 && words === '') return null;
  return (
    <section aria-labelledby="strangers">
      <h2 id="strangers">Hotspots that wait for you</h2>
      <p role="status">{words}</p>
      <ul class="card checks">
        {strangers.map(({ device, gateway, from }) => (
          <li key={gateway}>
            <h3 class="small">{gateway}</h3>
            <p class="quiet small">
              speaks to {device} from {from}
            </p>
            <button type="button" onClick={() => void tell('approve', device, gateway)}>
              Approve
            </button>{' '}
            <button type="button" class="plain" onClick={() => void tell('forbid', device, gateway)}>
              Not mine
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
};

const Backup = () => {
  const [words, setWords] = useState('');
  const [isBusy, setBusy] = useState(false);
  const make = async (passphrase: string): Promise<void> => {
    setBusy(true);
    setWords('The keys are encrypted; that takes a while on purpose …');
    const answer = await fetch('/api/backup', {
      method: 'POST',
      credentials: 'same-origin',
      body: JSON.stringify({ passphrase }),
      headers: { 'content-type': 'application/json', 'x-outpost': '1' },
    }).catch(() => undefined);
    setBusy(false);
    if (answer?.ok !== true)
      return setWords(answer === undefined ? 'The box does not answer.' : await refusalWords(answer));
    saveAs('outpost-keys.backup', new Uint8Array(await answer.arrayBuffer()));
    setWords('Keep the file and the passphrase apart. `outpost keys import` reads it on another box.');
  };
  return (
    <section aria-labelledby="backup">
      <h2 id="backup">A copy of the keys</h2>
      <p class="quiet">
        With the keys a new box goes on where this one stopped; without them its evidence is another box's.
      </p>
      <form
        class="narrow"
        onSubmit={(event) => {
          event.preventDefault();
          void make(String(new FormData(event.currentTarget).get('passphrase') ?? ''));
        }}
      >
        <label for="passphrase">A passphrase for it, {PASSPHRASE_MIN} characters or more</label>
        <input
          id="passphrase"
          name="passphrase"
          type="password"
          required
          minLength={PASSPHRASE_MIN}
          autocomplete="new-password"
        />
        <p role="status">{words}</p>
        <button type="submit" disabled={isBusy}>
          Save a copy
        </button>
      </form>
    </section>
  );
};

const Log = () => {
  const asking = useAsked<{ readonly lines: readonly string[] }>('/api/log');
  const [words, setWords] = useState('');
  const copy = async (lines: readonly string[]): Promise<void> => {
    try {
      await navigator.clipboard.writeText(lines.join('\n'));
      setWords('Copied.');
    } catch {
      // Over plain http a browser gives its clipboard to nobody.
      saveAs('outpost.log', new TextEncoder().encode(`${lines.join('\n')}\n`));
      setWords('Saved as a file.');
    }
  };
  return (
    <section aria-labelledby="log">
      <h2 id="log">What it says</h2>
      <Asked asking={asking}>
        {({ lines }) => (
          <>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
            <section class="card log" tabIndex={0} aria-labelledby="log">
              <pre>{lines.join('\n')}</pre>
            </section>
            <div class="actions">
              <button type="button" class="plain" onClick={asking.again}>
                Read again
              </button>
              <button type="button" class="plain" onClick={() => void copy(lines)}>
                Copy
              </button>
            </div>
            <p role="status">{words}</p>
          </>
        )}
      </Asked>
    </section>
  );
};

/** The box as a whole: what is around it, who waits, a copy of its keys, what it says. */
export const BoxView = ({ live }: ViewParts) => {
  useTopic(live.status);
  const devices = live.status.current?.devices ?? [];
  const broker = live.status.current?.broker;
  return (
    <>
      <header class="headline">
        <h1>Box</h1>
      </header>
      <Strangers strangers={strangersOf(devices)} />
      <Found ports={devices.map(({ port }) => port)} names={devices.map(({ name }) => name)} />
      {broker !== undefined && <Enrolment />}
      <Backup />
      <Log />
    </>
  );
};
