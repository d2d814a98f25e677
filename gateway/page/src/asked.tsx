import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { type Answer, get } from './api.ts';

export interface Asking<T> {
  /** The last answer; undefined until there is one. */
  readonly answer: Answer<T> | undefined;
  again(): void;
}

/** What the box answers to `path`, asked again where that changes or where the view wants it. */
export const useAsked = <T,>(path: string): Asking<T> => {
  const [turn, setTurn] = useState(0);
  const [said, setSaid] = useState<{ readonly path: string; readonly answer: Answer<T> }>();
  useEffect(() => {
    let isWanted = true;
    void get<T>(path).then((answer) => {
      if (isWanted) setSaid({ path, answer });
    });
    return () => {
      isWanted = false;
    };
  }, [path, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  return { answer: said?.path === path ? said.answer : undefined, again };
};

interface AskedParts<T> {
  readonly asking: Asking<T>;
  children(value: T): ComponentChildren;
}

/** The answer, or that it is waited for, or why there is none with a way to try again. */
export const Asked = <T,>({ asking: { answer, again }, children }: AskedParts<T>) => {
  if (answer === undefined) return <p class="quiet waiting">Asking the box …</p>;
  if (answer.ok) return <>{children(answer.value)}</>;
  return (
    <div role="alert">
      <p class="wrong">{answer.words}</p>
      <button type="button" class="plain" onClick={again}>
        Try again
      </button>
    </div>
  );
};
