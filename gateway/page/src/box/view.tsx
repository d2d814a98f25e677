import { useState } from 'preact/hooks';
import type { Status } from '../../../src/control/status.ts';
import { refusalWords } from '../api.ts';
import { Asked, useAsked } from '../asked.tsx';
import { saveAs } from '../save.ts';
import { useTopic } from '../topic.ts';
import type { ViewParts } from '../views.ts';
import { Attached } from './attached.tsx';
import { Enrolment } from './enrolment.tsx';
import { Found } from './found.tsx';
import { Strangers, strangersOf } from './strangers.tsx';

const PASSPHRASE_MIN = 10;

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
    setWords('Keep the file and the passphrase apart. On another box, outpost keys import reads it.');
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

/** What is plugged in and who has spoken, as it comes and goes. */
const Around = ({ status }: { readonly status: Status }) => (
  <section aria-labelledby="attached">
    <h2 id="attached">What is attached</h2>
    {status.attached.length === 0 && (
      <p class="quiet">Nothing is plugged in. What you plug in shows here by itself.</p>
    )}
    <div aria-live="polite">
      <Attached lines={status.attached} names={status.devices.map(({ name }) => name)} />
      <Strangers strangers={strangersOf(status)} />
    </div>
  </section>
);

/** The box as a whole: what is around it, who waits, a copy of its keys, what it says. */
export const BoxView = ({ live }: ViewParts) => {
  useTopic(live.status);
  const { current } = live.status;
  const devices = current?.devices ?? [];
  return (
    <>
      <header class="headline">
        <h1>Box</h1>
      </header>
      {current !== undefined && <Around status={current} />}
      <Found ports={devices.map(({ port }) => port)} names={devices.map(({ name }) => name)} />
      {current?.broker !== undefined && <Enrolment status={current} />}
      <Backup />
      <Log />
    </>
  );
};
