import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, type Hello } from './api.ts';
import { Claim, Login } from './entrance.tsx';
import { Frame } from './frame.tsx';
import './style.css';

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
  return entry.isOwner ? <Frame key={entry.turn} again={again} /> : <Login entered={again} />;
};

const place = document.getElementById('page');
if (place !== null) render(<Page />, place);
