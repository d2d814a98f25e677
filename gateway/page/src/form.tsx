import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { type Answer, post } from './api.ts';

interface FormParts {
  readonly path: string;
  readonly button: string;
  readonly children: ComponentChildren;
  /** What is sent of the fields; by default all of them as texts. */
  fields?(form: HTMLFormElement): unknown;
  done(answer: unknown): void;
}

/** Asks the box once, and says what it says where that is no. */
export const Form = ({ path, button, children, fields, done }: FormParts) => {
  const [words, setWords] = useState('');
  const [isBusy, setBusy] = useState(false);
  const send = async (form: HTMLFormElement): Promise<void> => {
    setBusy(true);
    setWords('');
    const given = fields === undefined ? Object.fromEntries(new FormData(form)) : fields(form);
    const answer: Answer<unknown> = await post(path, given);
    setBusy(false);
    if (answer.ok) done(answer.value);
    else setWords(answer.words);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send(event.currentTarget);
      }}
    >
      {children}
      <p class="wrong" role="alert">
        {words}
      </p>
      <button type="submit" disabled={isBusy}>
        {isBusy ? 'One moment …' : button}
      </button>
    </form>
  );
};
