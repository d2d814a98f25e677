import { useEffect, useRef, useState } from 'preact/hooks';
import { post } from './api.ts';
import { type Live, openLive } from './live.ts';
import { linkTo, usePlace } from './place.ts';
import { useTopic } from './topic.ts';
import { VIEWS, type View, type ViewEntry, type ViewParts } from './views.ts';

const Away = ({ live }: { readonly live: Live }) => {
  useTopic(live.line);
  return live.line.isOpen || live.status.current === undefined ? null : (
    <p class="banner" role="status">
      The box does not answer; trying again. What is shown is the last that was heard.
    </p>
  );
};

/** One view, as soon as it is there. */
const Shown = ({ entry, ...parts }: ViewParts & { readonly entry: ViewEntry }) => {
  const [loaded, setLoaded] = useState<{ readonly entry: ViewEntry; readonly View: View | undefined }>();
  useEffect(() => {
    let isWanted = true;
    const take = (view: View | undefined): void => {
      if (isWanted) setLoaded({ entry, View: view });
    };
    Promise.resolve(entry.load()).then(take, () => take(undefined));
    return () => {
      isWanted = false;
    };
  }, [entry]);
  if (loaded?.entry !== entry) return <p class="quiet waiting">One moment …</p>;
  const { View } = loaded;
  if (View !== undefined) return <View {...parts} />;
  return (
    <p class="wrong" role="alert">
      This part of the page could not be fetched. Reload the page; the box may have been updated.
    </p>
  );
};

/** What is there for who has come in: the way to each view, and the one that is looked at. */
export const Frame = ({ again }: { again(): void }) => {
  const [live, setLive] = useState<Live>();
  const { view, rest } = usePlace();
  const entry = VIEWS.find(({ name }) => name === view) ?? VIEWS[0];
  const main = useRef<HTMLElement>(null);
  const before = useRef(entry);
  useEffect(() => {
    const opened = openLive(again);
    setLive(opened);
    return () => opened.close();
  }, [again]);
  useEffect(() => {
    document.title = `${entry?.title ?? ''} · Outpost`;
    // Who goes by keyboard or by ear goes on reading where the new view begins.
    if (before.current !== entry) {
      main.current?.focus();
      scrollTo(0, 0);
    }
    before.current = entry;
  }, [entry]);
  const leave = async (): Promise<void> => {
    await post('/api/logout', {});
    again();
  };
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to what is shown
      </button>
      <header class="top">
        <a class="wordmark" href={linkTo('live')}>
          Outpost
        </a>
        <nav aria-label="Views">
          {VIEWS.map(({ name, title }) => (
            <a key={name} href={linkTo(name)} aria-current={name === entry?.name ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <button type="button" class="plain" onClick={() => void leave()}>
          Log out
        </button>
      </header>
      <main ref={main} tabIndex={-1}>
        {live !== undefined && <Away live={live} />}
        {live !== undefined && entry !== undefined && <Shown entry={entry} live={live} rest={rest} />}
      </main>
    </>
  );
};
