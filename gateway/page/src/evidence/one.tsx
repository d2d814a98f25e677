import type { Statement } from '@outpost/schemas/evidence';
import { toHex } from '@outpost/schemas/words';
import { useEffect, useState } from 'preact/hooks';
import type { Status } from '../../../src/control/status.ts';
import { keyText, parseKeyText, shortKeyText } from '../../../src/keys/key-text.ts';
import { refusalWords } from '../api.ts';
import { linkTo } from '../place.ts';
import { saveAs } from '../save.ts';
import { countText, momentText } from '../say.ts';
import { bodyWords, hexText } from './body-words.ts';
import { type Bundle, type ReadingOf, readBundle } from './bundle.ts';
import { VerifyingNow } from './report.tsx';
import { useVerify } from './use-verify.ts';

const ROWS = 50;

const previousText = ({ previous, counter }: Statement): string => {
  if (previous === null) return 'none: the stream begins here';
  const hash = toHex(previous instanceof Uint8Array ? previous : previous.hash);
  return counter === 0 ? `${hash}, the end of the epoch before` : hash;
};

const Facts = ({ bundle: { statement, receipts } }: { readonly bundle: Bundle }) => (
  <dl class="pairs card">
    <dt>Signed by</dt>
    <dd>
      <code>{keyText(statement.deviceKey)}</code>
      <br />
      <span class="quiet">
        {shortKeyText(statement.deviceKey)} · a key of kind {statement.keyKind}
      </span>
    </dd>
    <dt>Epoch</dt>
    <dd>
      <code>{toHex(statement.epoch)}</code> ({statement.epochReason})
    </dd>
    <dt>Before it</dt>
    <dd>
      <code>{previousText(statement)}</code>
    </dd>
    <dt>Clock</dt>
    <dd>trust {statement.anchor.trust}</dd>
    <dt>Readings are</dt>
    <dd>
      {statement.origin}; who spoke is known by: {statement.authenticated}
    </dd>
    <dt>Receipts</dt>
    <dd>{receipts === 0 ? 'none yet beside it' : `${receipts} beside it`}</dd>
    <dt>Written by</dt>
    <dd>{statement.software}</dd>
  </dl>
);

interface ReadingParts {
  readonly reading: ReadingOf;
  readonly bundle: Bundle;
  readonly index: number;
}

const Reading = ({ reading: { leaf, wall }, bundle, index }: ReadingParts) => {
  const { title, value } = bodyWords(leaf.body);
  const [words, setWords] = useState('');
  const save = (): void => {
    const proof = bundle.proofOf(index);
    setWords(proof.ok ? '' : proof.fault.words);
    if (proof.ok) saveAs(`reading-${leaf.sequence}.outpost`, proof.value);
  };
  return (
    <li>
      <span>
        {title}: <strong>{value}</strong>
      </span>
      <span class="quiet small">
        #{leaf.sequence} · {momentText(wall)}
        {leaf.raw.length > 0 && (
          <>
            {' '}
            · from <code>{hexText(leaf.raw.subarray(0, 32))}</code>
            {leaf.raw.length > 32 ? ' …' : ''}
          </>
        )}
      </span>
      <button
        type="button"
        class="plain"
        onClick={save}
        aria-label={`Save its proof, of reading ${leaf.sequence}`}
      >
        Save its proof
      </button>
      {words !== '' && (
        <p class="wrong" role="alert">
          {words}
        </p>
      )}
    </li>
  );
};

const Shown = ({ bundle, at, status }: { bundle: Bundle; at: string; status: Status }) => {
  const { statement, readings } = bundle;
  const [shown, setShown] = useState(ROWS);
  const { now, start } = useVerify();
  const key = parseKeyText(status.gatewayKey, 'key');
  const file = `attestation-${at}.outpost`;
  const check = (): void =>
    start(
      new File([Uint8Array.from(bundle.bytes)], file),
      'This attestation, with the key that this box says is its own',
      key.ok ? key.value : undefined,
    );
  return (
    <>
      <header class="headline">
        <h1>
          {statement.stream} #{statement.counter}
        </h1>
        <p class="quiet">{countText(readings.length)} readings under one signature.</p>
        <p class="buttons">
          <button type="button" onClick={check} disabled={now.state === 'running'}>
            Verify in this browser
          </button>
          <button type="button" class="second" onClick={() => saveAs(file, bundle.bytes)}>
            Save it
          </button>
        </p>
      </header>
      <VerifyingNow now={now} />
      <section aria-labelledby="says">
        <h2 id="says">What it says of itself</h2>
        <Facts bundle={bundle} />
      </section>
      <section aria-labelledby="holds">
        <h2 id="holds">What it holds</h2>
        <div class="card">
          <ol class="rows" aria-label="Readings">
            {readings.slice(0, shown).map((reading, index) => (
              <Reading key={reading.leaf.sequence} reading={reading} bundle={bundle} index={index} />
            ))}
          </ol>
          {readings.length > shown && (
            <button type="button" class="plain" onClick={() => setShown(shown + ROWS)}>
              Show more of {countText(readings.length)}
            </button>
          )}
        </div>
      </section>
    </>
  );
};

const fetchBundle = async (at: string): Promise<Bundle | string> => {
  try {
    const path = `/api/evidence/attestation?${new URLSearchParams({ at })}`;
    const response = await fetch(path, { credentials: 'same-origin' });
    return response.ok
      ? readBundle(new Uint8Array(await response.arrayBuffer()))
      : await refusalWords(response);
  } catch {
    return 'The box does not answer.';
  }
};

/** One attestation: what it says, what it holds, and the proof of any of it. */
export const OneAttestation = ({ at, status }: { readonly at: string; readonly status: Status }) => {
  const [bundle, setBundle] = useState<Bundle | string>();
  useEffect(() => void fetchBundle(at).then(setBundle), [at]);
  return (
    <>
      <p>
        <a href={linkTo('evidence')}>← The chain</a>
      </p>
      {bundle === undefined && <p class="quiet waiting">Asking the box …</p>}
      {typeof bundle === 'string' && (
        <p class="wrong" role="alert">
          {bundle}
        </p>
      )}
      {typeof bundle === 'object' && <Shown bundle={bundle} at={at} status={status} />}
    </>
  );
};
