import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, type Hello, post } from './api.ts';
import { Claim, Login } from './entrance.tsx';
import { type Live, openLive } from './live.ts';
import { LiveView } from './live-view.tsx';
import './style.css';

const VIEWS = { live: 'Live' } as const;
type View = keyof typeof VIEWS;

const viewOf = (hash: string): View =>
  (Object.keys(VIEWS) as View[]).find((name) => hash === `#${name}`) ?? 'live';

const useView = (): View => {
  const [view, setView] = useState(viewOf(location.hash));
  useEffect(() => {
    const turn = (): void => setView(viewOf(location.hash));
    addEventListener('hashchange', turn);
    return () => removeEventListener('hashchange', turn);
  }, []);
  return view;
};

const Inside = ({ again }: { again(): void }) => {
  const [live, setLive] = useState<Live>();
  const view = useView();
  useEffect(() => {
    const opened = openLive(again);
    setLive(opened);
    return () => opened.close();
  }, [again]);
  const leave = async (): Promise<void> => {
    await post('/api/logout', {});
    again();
  };
  return (
    <>
      <header class="top">
        <a class="wordmark" href="#live">
          Outpost
        </a>
        <nav aria-label="Views">
          {(Object.keys(VIEWS) as View[]).map((name) => (
            <a key={name} href={`#${name}`} aria-current={name === view ? 'page' : undefined}>
              {VIEWS[name]}
            </a>
          ))}
        </nav>
        <button type="button" class="plain" onClick={() => void leave()}>
          Log out
        </button>
      </header>
      <main>{live !== undefined && view === 'live' && <LiveView live={live} />}</main>
    </>
  );
};

/** Who has not come in sees only the way in. */
const Page = () => {
  const [entry, setEntry] = useState<Hello & { readonly turn: number }>();
  const [words, setWords] = useState('');
  const [asked, ask] = useState(0);
  const [again] = useState(() => () => ask((before) => before + 1));
  useEffect(() => {
    void get<Hello>('/api/hello').then((answer) => {
      if (answer.ok) setEntry({ ...answer.value, turn: asked });
      setWords(answer.ok ? '' : answer.words);
    });
  }, [asked]);
  if (words !== '') {
    return (
      <main class="entrance">
        <h1>The box is away.</h1>
        <p class="quiet" role="alert">
          {words}
        </p>
        <button type="button" onClick={again}>
          Try again
        </button>
      </main>
    );
  }
  if (entry === undefined) return <main class="entrance" aria-busy="true" />;
  if (!entry.isClaimed) return <Claim entered={again} />;
  return entry.isOwner ? <Inside key={entry.turn} again={again} /> : <Login entered={again} />;
};

const place = document.getElementById('page');
if (place !== null) render(<Page />, place);
