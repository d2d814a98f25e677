import { useState } from 'preact/hooks';
import type { AttachedLine } from '../../../src/settings/attached.ts';
import { linkTo } from '../place.ts';
import { Add } from './add.tsx';
import { guessText } from './found-device.ts';

interface LineParts {
  readonly line: AttachedLine;
  readonly names: readonly string[];
  added(words: string): void;
  /** Undefined where it stays in any case. */
  readonly dismiss: ((line: AttachedLine) => void) | undefined;
}

const Line = ({ line, names, added, dismiss }: LineParts) => (
  <li class="card">
    <h3 class="small">
      {line.sinceMs > 0 ? 'Plugged in: ' : ''}
      {guessText(line)}
    </h3>
    <p class="quiet small">{line.words}</p>
    {line.device === '' ? (
      <Add found={line} taken={names} added={added} />
    ) : (
      <p class="small">
        It is the device <a href={linkTo('live')}>{line.device}</a>.
      </p>
    )}
    {line.device === '' && dismiss !== undefined && (
      <button type="button" class="plain" onClick={() => dismiss(line)}>
        Not now
      </button>
    )}
  </li>
);

interface AttachedParts {
  readonly lines: readonly AttachedLine[];
  /** Of devices that there are. */
  readonly names: readonly string[];
  readonly dismiss?: (line: AttachedLine) => void;
}

/** What is plugged into the box now, to be added with a click. */
export const Attached = ({ lines, names, dismiss }: AttachedParts) => {
  const [words, setWords] = useState('');
  return (
    <>
      <p class="quiet" role="status">
        {words}
      </p>
      <ul class="offers">
        {lines.map((line) => (
          <Line key={line.address} line={line} names={names} added={setWords} dismiss={dismiss} />
        ))}
      </ul>
    </>
  );
};
