import { useEffect, useState } from 'preact/hooks';

/** Where in the page somebody is; the part of the address after `#`, so that the browser's own buttons lead back. */
export interface Place {
  readonly view: string;
  /** What of the view, as it wrote it into its links. */
  readonly rest: readonly string[];
}

/** An address within this page. */
export const linkTo = (view: string, ...rest: readonly string[]): string =>
  `#${[view, ...rest].map(encodeURIComponent).join('/')}`;

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

export const placeOf = (hash: string): Place => {
  const [view = '', ...rest] = hash.replace(/^#/, '').split('/').map(decoded);
  return { view, rest };
};

export const usePlace = (): Place => {
  const [place, setPlace] = useState(placeOf(location.hash));
  useEffect(() => {
    const turn = (): void => setPlace(placeOf(location.hash));
    addEventListener('hashchange', turn);
    return () => removeEventListener('hashchange', turn);
  }, []);
  return place;
};
