import { useState } from 'preact/hooks';
import type { Status } from '../../../src/control/status.ts';
import { parseKeyText } from '../../../src/keys/key-text.ts';
import { Choice } from '../choice.tsx';
import { VerifyingNow } from './report.tsx';
import { type Source, useVerify } from './use-verify.ts';

const PERIODS = [
  ['3600', 'the last hour'],
  ['86400', 'the last day'],
  ['604800', 'the last seven days'],
  ['', 'everything that is kept'],
] as const;

const FILE_MAX_BYTES = 1 << 30;

const pathOf = (lastS: string, device: string): string => {
  const query = new URLSearchParams();
  if (lastS !== '') query.set('lastS', lastS);
  if (device !== '') query.set('device', device);
  return `/api/evidence?${query}`;
};

interface FileParts {
  readonly isBusy: boolean;
  take(file: File): void;
}

/** A file of anybody's, chosen or dropped; it stays in this browser. */
const FileField = ({ isBusy, take }: FileParts) => (
  <>
    <label for="evidence-file">Or check an evidence file, of whomever: choose it, or drop it here</label>
    <input
      id="evidence-file"
      class="drop"
      type="file"
      accept=".outpost"
      disabled={isBusy}
      onChange={({ currentTarget }) => {
        const file = currentTarget.files?.[0];
        if (file !== undefined) take(file);
        currentTarget.value = '';
      }}
    />
  </>
);

/** Verifies in this browser what the box exports, or a file; and hands the same file out. */
export const Check = ({ status }: { readonly status: Status }) => {
  const [lastS, setLastS] = useState('3600');
  const [device, setDevice] = useState('');
  const [keyText, setKeyText] = useState(status.gatewayKey);
  const [wrongKey, setWrongKey] = useState('');
  const { now, start } = useVerify();
  const isBusy = now.state === 'running';
  const devices = status.devices.map(({ name }) => [name, name] as const);
  const path = pathOf(lastS, device);
  const check = (source: Source, what: string): void => {
    const key = keyText.trim() === '' ? undefined : parseKeyText(keyText, 'key');
    setWrongKey(key?.ok === false ? `That ${key.fault.words.replace(/^this /, '')}` : '');
    if (key === undefined || key.ok) start(source, what, key?.value);
  };
  const take = (file: File): void => {
    if (file.size > FILE_MAX_BYTES) setWrongKey('That file is longer than 1 GiB; `outpost verify` takes it.');
    else check(file, `The file ${file.name}`);
  };
  const periodWords = PERIODS.find(([value]) => value === lastS)?.[1] ?? '';
  return (
    <section aria-labelledby="check">
      <h2 id="check">Check it here, or hand it to somebody who does</h2>
      <div class="card">
        <div class="fields">
          <Choice id="period" label="Period" value={lastS} choices={PERIODS} choose={setLastS} />
          <Choice
            id="device"
            label="Device"
            value={device}
            choices={[['', 'all devices'], ...devices]}
            choose={setDevice}
          />
        </div>
        <label for="key">
          Signed by this key (as it stands, the one that this box says is its own; empty: by anybody)
        </label>
        <input
          id="key"
          class="key"
          value={keyText}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => setKeyText(event.currentTarget.value)}
        />
        <p class="wrong" role="alert">
          {wrongKey}
        </p>
        <p class="buttons">
          <button
            type="button"
            disabled={isBusy}
            onClick={() => check(path, `What this box has of ${periodWords}`)}
          >
            {isBusy ? 'Checking …' : 'Verify in this browser'}
          </button>
          <a class="button" href={path} download="evidence.outpost">
            Download the evidence
          </a>
        </p>
        <p class="quiet small">
          Whoever gets the file checks it with <code>outpost verify evidence.outpost --key …</code>, on any
          machine, without this box. It also decodes each reading again from the frame that it came in.
        </p>
        <FileField isBusy={isBusy} take={take} />
      </div>
      <VerifyingNow now={now} />
    </section>
  );
};
