import { useState } from 'preact/hooks';
import { get } from '../api.ts';
import { linkTo } from '../place.ts';
import { Add } from './add.tsx';
import { type Discovered, guessText } from './found-device.ts';

interface FoundParts {
  /** Ports of devices that are configured. */
  readonly ports: readonly string[];
  readonly names: readonly string[];
}

/** What is in the network around the box. Nobody is spoken to until somebody asks. */
export const Found = ({ ports, names }: FoundParts) => {
  const [found, setFound] = useState<readonly Discovered[]>();
  const [words, setWords] = useState('');
  const [isBusy, setBusy] = useState(false);
  const look = async (): Promise<void> => {
    setBusy(true);
    setWords('');
    const answer = await get<readonly Discovered[]>('/api/discover');
    setBusy(false);
    if (!answer.ok) return setWords(answer.words);
    const around = answer.value.filter(({ kind }) => kind === 'network');
    setFound(around);
    if (around.length === 0) setWords('Nobody in the network could be a device.');
  };
  const isConfigured = ({ address }: Discovered): boolean =>
    address !== undefined && ports.some((port) => port.startsWith(address));
  return (
    <section aria-labelledby="found">
      <h2 id="found">In the network</h2>
      <button type="button" class="second" disabled={isBusy} onClick={() => void look()}>
        {isBusy ? 'Looking …' : found === undefined ? 'Look for devices' : 'Look again'}
      </button>
      <p class="quiet" role="status">
        {words}
      </p>
      {found !== undefined && found.length > 0 && (
        <ul class="card checks">
          {found.map((each) => (
            <li key={each.address ?? each.words}>
              <h3 class="small">{guessText(each)}</h3>
              <p class="quiet small">{each.words}</p>
              {isConfigured(each) ? (
                <p>
                  It is one of the devices under <a href={linkTo('live')}>Live</a>.
                </p>
              ) : (
                each.address !== undefined && (
                  <Add found={{ ...each, address: each.address }} taken={names} added={setWords} />
                )
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};
