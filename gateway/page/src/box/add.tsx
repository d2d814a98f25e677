import { useId, useState } from 'preact/hooks';
import { type Answer, get, post } from '../api.ts';
import {
  ADAPTERS,
  adapterFor,
  type FoundDevice,
  type NewDevice,
  nameFor,
  withDevice,
} from './found-device.ts';

/** Adds a device to the configuration; the box checks it, and starts anew with it. */
export const addDevice = async (device: NewDevice): Promise<Answer<unknown>> => {
  const settings = await get<{ readonly text: string; readonly version: string }>('/api/settings');
  if (!settings.ok) return settings;
  const text = withDevice(settings.value.text, device);
  return text === undefined
    ? { ok: false, status: 0, words: 'The settings are no JSON; mend them under Settings first.' }
    : await post('/api/settings', { text, version: settings.value.version });
};

export const addedWords = ({ name }: NewDevice): string =>
  `${name} is added; the box starts anew, and its readings come under Live.`;

interface AddParts {
  readonly found: FoundDevice & { readonly address: string };
  readonly taken: readonly string[];
  added(words: string): void;
}

/** What it is, if that is not known, and a button. */
export const Add = ({ found, taken, added }: AddParts) => {
  const id = useId();
  const [adapter, setAdapter] = useState(adapterFor(found) ?? '');
  const [words, setWords] = useState('');
  const [isBusy, setBusy] = useState(false);
  const add = async (): Promise<void> => {
    setBusy(true);
    setWords('');
    const device = { name: nameFor(adapter, taken), adapter, port: found.address };
    const answer = await addDevice(device);
    setBusy(false);
    if (answer.ok) added(addedWords(device));
    else setWords(answer.words);
  };
  return (
    <>
      <div class="fields">
        <div>
          <label for={id}>It is a</label>
          <select id={id} value={adapter} onChange={({ currentTarget: { value } }) => setAdapter(value)}>
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
      </div>
      <p class="wrong" role="alert">
        {words}
      </p>
    </>
  );
};
