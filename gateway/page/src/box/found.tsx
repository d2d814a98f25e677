import { useState } from 'preact/hooks';
import { get, post } from '../api.ts';
import { linkTo } from '../place.ts';
import type { FoundDevice } from './found-device.ts';
import { ADAPTERS, adapterFor, nameFor, withDevice } from './found-device.ts';

const CERTAINTIES: Readonly<Record<FoundDevice['certainty'], string>> = {
  known: 'Known',
  possible: 'Possible',
  seen: 'Seen',
};

interface AddParts {
  readonly found: FoundDevice & { readonly address: string };
  readonly taken: readonly string[];
  added(words: string): void;
}

/** Adds what was found to the configuration, and starts the box anew with it. */
const Add = ({ found, taken, added }: AddParts) => {
  const [adapter, setAdapter] = useState(adapterFor(found) ?? '');
  const [words, setWords] = useState('');
  const [isBusy, setBusy] = useState(false);
  const add = async (): Promise<void> => {
    setBusy(true);
    const settings = await get<{ readonly text: string; readonly version: string }>('/api/settings');
    const name = nameFor(adapter, taken);
    const text = settings.ok
      ? withDevice(settings.value.text, { name, adapter, port: found.address })
      : undefined;
    const answer =
      settings.ok && text !== undefined
        ? await post('/api/settings', { text, version: settings.value.version })
        : settings;
    setBusy(false);
    if (answer.ok) added(`${name} is added; the box starts anew, and its readings come under Live.`);
    else setWords(answer.words);
  };
  return (
    <div class="fields">
      <div>
        <label for={`adapter-${found.address}`}>It is a</label>
        <select
          id={`adapter-${found.address}`}
          value={adapter}
          onChange={({ currentTarget: { value } }) => setAdapter(value)}
        >
          <option value="">… choose</option>
          {ADAPTERS.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </div>
      <button type="button" disabled={isBusy || adapter === ''} onClick={() => void add()}>
        {isBusy ? 'One moment …' : 'Add'}
      </button>
      <p class="wrong" role="alert">
        {words}
      </p>
    </div>
  );
};

interface FoundParts {
  /** Ports of devices that are configured. */
  readonly ports: readonly string[];
  readonly names: readonly string[];
}

/** What is attached to the box or near it. Nothing is looked for until somebody asks. */
export const Found = ({ ports, names }: FoundParts) => {
  const [found, setFound] = useState<readonly FoundDevice[]>();
  const [words, setWords] = useState('');
  const [isBusy, setBusy] = useState(false);
  const look = async (): Promise<void> => {
    setBusy(true);
    setWords('');
    const answer = await get<readonly FoundDevice[]>('/api/discover');
    setBusy(false);
    if (answer.ok) setFound(answer.value);
    else setWords(answer.words);
  };
  const isConfigured = ({ address }: FoundDevice): boolean =>
    address !== undefined && ports.some((port) => port.startsWith(address));
  return (
    <section aria-labelledby="found">
      <h2 id="found">What is attached</h2>
      <button type="button" disabled={isBusy} onClick={() => void look()}>
        {isBusy ? 'Looking …' : found === undefined ? 'Look for devices' : 'Look again'}
      </button>
      <p class="quiet" role="status">
        {words === '' && found?.length === 0
          ? 'Nothing is attached that could be a device. Plug one in and look again.'
          : words}
      </p>
      {found !== undefined && found.length > 0 && (
        <ul class="card checks">
          {found.map((each) => (
            <li key={each.address ?? each.words}>
              <h3 class="small">
                {CERTAINTIES[each.certainty]}: {each.words}
              </h3>
              <p class="quiet small">{each.address ?? 'no known port'}</p>
              {isConfigured(each) ? (
                <p>
                  It is one of the devices under <a href={linkTo('live')}>Live</a>.
                </p>
              ) : (
                each.address !== undefined && (
                  <Add found={{ ...each, address: each.address }} taken={names} added={setWords} />
                )
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};
