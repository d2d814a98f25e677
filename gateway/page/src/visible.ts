import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** How far beyond the edge of the screen something is kept up to date, so that it is there when it comes into sight. */
const MARGIN = '200px';

/** Whether somebody could see it now: what nobody sees is not drawn anew with each value. */
export const useVisible = (place: RefObject<Element | null>): boolean => {
  const [isVisible, setVisible] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const observer = new IntersectionObserver(
      (entries) => setVisible(entries.at(-1)?.isIntersecting === true),
      { rootMargin: MARGIN },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return isVisible;
};
