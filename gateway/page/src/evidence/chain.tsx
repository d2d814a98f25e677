import { useEffect, useState } from 'preact/hooks';
import type { AttestationPage, AttestationRow } from '../../../src/page/attestations.ts';
import { get } from '../api.ts';
import { Asked, useAsked } from '../asked.tsx';
import { linkTo } from '../place.ts';
import { countText, timeSpanText } from '../say.ts';

/** More of them are looked at by their period, above. */
const ROWS_MAX = 500;
const ROWS = 25;

const pathOf = (stream: string, before: string): string => {
  const query = new URLSearchParams({ rows: String(ROWS) });
  if (stream !== '') query.set('stream', stream);
  if (before !== '') query.set('before', before);
  return `/api/evidence/attestations?${query}`;
};

const Row = ({ row }: { readonly row: AttestationRow }) => (
  <li>
    <a href={linkTo('evidence', 'at', row.at)}>
      {row.stream} #{row.counter}
    </a>
    <span>
      {countText(row.readings)} {row.readings === 1 ? 'reading' : 'readings'}
    </span>
    <span class="quiet">{timeSpanText(row.fromMs, row.toMs)}</span>
    <span class="quiet small">
      {row.origin}, clock {row.clockTrust}
      {row.keyKind === 'demo' ? ', demo key' : ''}
    </span>
  </li>
);

/** The rows so far, and those before them where somebody asks. */
const Rows = ({ stream, first }: { readonly stream: string; readonly first: AttestationPage }) => {
  const [page, setPage] = useState(first);
  const [words, setWords] = useState('');
  useEffect(() => setPage(first), [first]);
  const older = async (): Promise<void> => {
    const answer = await get<AttestationPage>(pathOf(stream, page.before));
    setWords(answer.ok ? '' : answer.words);
    if (answer.ok) setPage({ rows: [...page.rows, ...answer.value.rows], before: answer.value.before });
  };
  return (
    <>
      {page.rows.length === 0 && <p class="quiet">Nothing is signed yet.</p>}
      <ol class="rows" aria-label="Attestations, the newest first">
        {page.rows.map((row) => (
          <Row key={row.at} row={row} />
        ))}
      </ol>
      <p class="wrong" role="alert">
        {words}
      </p>
      {page.before !== '' && page.rows.length < ROWS_MAX && (
        <button type="button" class="plain" onClick={() => void older()}>
          Show older ones
        </button>
      )}
    </>
  );
};

interface Streams {
  readonly streams: readonly { readonly stream: string; readonly counter: number }[];
}

/** Every signed batch, the newest first. */
export const ChainOf = () => {
  const [stream, setStream] = useState('');
  const streams = useAsked<Streams>('/api/evidence/streams');
  const page = useAsked<AttestationPage>(pathOf(stream, ''));
  return (
    <section aria-labelledby="chain">
      <h2 id="chain">The chain</h2>
      <div class="card">
        <div class="fields">
          <div>
            <label for="stream">Stream</label>
            <select id="stream" value={stream} onChange={(event) => setStream(event.currentTarget.value)}>
              <option value="">all streams</option>
              {streams.answer?.ok === true &&
                streams.answer.value.streams.map(({ stream: each }) => (
                  <option key={each} value={each}>
                    {each}
                  </option>
                ))}
            </select>
          </div>
          <button type="button" class="plain" onClick={page.again}>
            Look for newer ones
          </button>
        </div>
        <Asked asking={page}>{(first) => <Rows key={stream} stream={stream} first={first} />}</Asked>
      </div>
    </section>
  );
};
