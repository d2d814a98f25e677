import { useState } from 'preact/hooks';
import type { Status } from '../../../src/control/status.ts';
import { post } from '../api.ts';
import { Asked, useAsked } from '../asked.tsx';
import { countText } from '../say.ts';
import { addDevice, addedWords } from './add.tsx';
import { unknownCount } from './unknown.ts';

interface Listed {
  readonly devices: readonly { readonly name: string; readonly topics: readonly string[] }[];
  readonly kinds: readonly { readonly name: string; readonly words: string }[];
}

/** What a new device is told, this once. */
interface Told {
  readonly name: string;
  readonly server: string;
  readonly words: string;
  readonly password?: string;
  readonly topics: readonly string[];
  readonly qr?: string;
}

const Secret = ({ told: { name, server, words, password, topics, qr } }: { readonly told: Told }) => (
  <section class="card" aria-label={`What ${name} needs`}>
    <p>What is to be typed into {name}. The password is shown this once.</p>
    <dl class="pairs">
      <dt>Server</dt>
      <dd>{server === '' ? 'none' : server}</dd>
      <dt>User and client id</dt>
      <dd>{name}</dd>
      {password !== undefined && <dt>Password</dt>}
      {password !== undefined && (
        <dd>
          <code>{password}</code>
        </dd>
      )}
      <dt>Topics</dt>
      <dd>{topics.join(', ')}</dd>
    </dl>
    {words !== '' && <p class="wrong">{words}</p>}
    {qr !== undefined && (
      <pre class="qr" role="img" aria-label="The same as a QR code">
        {qr}
      </pre>
    )}
  </section>
);

const Add = ({ kinds, added }: { readonly kinds: Listed['kinds']; added(told: Told): void }) => {
  const [words, setWords] = useState('');
  const add = async (form: HTMLFormElement): Promise<void> => {
    const { name, kind } = Object.fromEntries(new FormData(form)) as Record<string, string>;
    const answer = await post('/api/devices', { name, ...(kind === '' ? {} : { kind }) });
    setWords(answer.ok ? '' : answer.words);
    if (!answer.ok) return;
    form.reset();
    added(answer.value as Told);
  };
  return (
    <form
      class="narrow"
      onSubmit={(event) => {
        event.preventDefault();
        void add(event.currentTarget);
      }}
    >
      <label for="enrol-name">A name for it</label>
      <input id="enrol-name" name="name" required pattern="[a-z][a-z0-9\-]{0,31}" autocomplete="off" />
      <label for="enrol-kind">What it is</label>
      <select id="enrol-kind" name="kind">
        <option value="">anything that speaks MQTT</option>
        {kinds.map(({ name, words: text }) => (
          <option key={name} value={name}>
            {name}: {text}
          </option>
        ))}
      </select>
      <p class="wrong" role="alert">
        {words}
      </p>
      <button type="submit">Let it in</button>
    </form>
  );
};

/** Devices that need no more than to be named, by the topics of their kind. */
const adapterOf = (topics: readonly string[]): 'wican' | 'ovms' | undefined =>
  topics.some((topic) => topic.startsWith('wican/'))
    ? 'wican'
    : topics.some((topic) => topic.startsWith('ovms/'))
      ? 'ovms'
      : undefined;

/** Somebody who may speak, and to whom nobody listens: the broker lets nobody in whose words would be lost. */
const Unread = ({ name, topics, said }: Listed['devices'][number] & { said(words: string): void }) => {
  const adapter = adapterOf(topics);
  const add = async (): Promise<void> => {
    if (adapter === undefined) return;
    const device = { name, adapter, port: 'broker:' };
    const answer = await addDevice(device);
    said(answer.ok ? addedWords(device) : answer.words);
  };
  return adapter === undefined ? (
    <span class="wrong small">
      No device of this name is read, so it is not let in: add one under Settings, with the port broker: and
      the adapter mapped or signed.
    </span>
  ) : (
    <button type="button" onClick={() => void add()}>
      Read what {name} says
    </button>
  );
};

/** Who may speak to the box's own broker. */
export const Enrolment = ({ status }: { readonly status: Status }) => {
  const unknown = unknownCount(status);
  const isRead = (name: string): boolean =>
    status.devices.some((device) => device.name === name && device.port.startsWith('broker:'));
  const asking = useAsked<Listed>('/api/devices');
  const [told, setTold] = useState<Told>();
  const [words, setWords] = useState('');
  const revoke = async (name: string): Promise<void> => {
    const answer = await post('/api/devices/revoke', { name });
    setWords(answer.ok ? `${name} is let in no more.` : answer.words);
    asking.again();
  };
  return (
    <section aria-labelledby="enrolled">
      <h2 id="enrolled">Who may speak to its MQTT broker</h2>
      {unknown > 0 && (
        <p class="quiet">
          {unknown === 1
            ? '1 attempt to speak to it was refused'
            : `${countText(unknown)} attempts to speak to it were refused`}{' '}
          since the box was started: it does not know who that was. If it is yours, let it in here, and type
          into it what is shown then.
        </p>
      )}
      {told !== undefined && <Secret told={told} />}
      <p role="status">{words}</p>
      <Asked asking={asking}>
        {({ devices, kinds }) => (
          <>
            {devices.length > 0 && (
              <ul class="rows card">
                {devices.map(({ name, topics }) => (
                  <li key={name}>
                    <span>{name}</span>
                    <span class="quiet small">{topics.join(', ')}</span>
                    {topics.length > 0 && !isRead(name) && (
                      <Unread name={name} topics={topics} said={setWords} />
                    )}
                    <button type="button" class="plain" onClick={() => void revoke(name)}>
                      Let in {name} no more
                    </button>
                  </li>
                ))}
              </ul>
            )}
            <Add
              kinds={kinds}
              added={(next) => {
                setTold(next);
                setWords('');
                asking.again();
              }}
            />
          </>
        )}
      </Asked>
    </section>
  );
};
