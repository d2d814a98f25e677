import type { Status } from '../../src/control/status.ts';
import { failingTasks, taskWords } from '../../src/control/status-words.ts';

/** One thing that its owner should know; `wrong` is what they should look at. */
export interface Concern {
  readonly kind: 'wrong' | 'note';
  readonly words: string;
}

const wrong = (words: string): Concern => ({ kind: 'wrong', words });
const note = (words: string): Concern => ({ kind: 'note', words });

/** So long may something wait for a network before it is worth a word. */
const PENDING_MAX = 20;

/** All that is not as it should be, the worst first. */
export const concernsOf = (status: Status): readonly Concern[] => {
  const { devices, networks, store, keyKind, clockTrust, journal } = status;
  return [
    ...devices
      .filter(({ refusing }) => refusing !== '')
      .map(({ name, refusing }) => wrong(`The readings of ${name} are refused: ${refusing}`)),
    ...devices
      .filter(({ connected }) => !connected)
      .map(({ name, status: { words } }) => wrong(`${name} is not connected: ${words}`)),
    ...networks
      .filter(({ words, pending }) => words !== '' && pending > 0)
      .map(({ name, words }) => wrong(`The network ${name} waits: ${words}`)),
    ...networks
      .filter(({ words, pending }) => words === '' && pending > PENDING_MAX)
      .map(({ name, pending }) => note(`${pending} attestations wait for the network ${name}.`)),
    ...(store.state === 'waiting' ? [wrong(`InfluxDB does not take points now: ${store.words}`)] : []),
    ...(journal.damaged > 0 ? [wrong(`${journal.damaged} records of the journal are damaged.`)] : []),
    ...failingTasks(status)
      .filter(({ state }) => state === 'waiting')
      .map((task) => wrong(taskWords(task))),
    ...(devices.length === 0
      ? [note('No device is configured; `outpost discover` lists what is attached.')]
      : []),
    ...(keyKind === 'demo' ? [note('Signed by a demo key: this evidence is worth nothing to anybody.')] : []),
    ...(clockTrust === 'none'
      ? [note('The clock is not synchronised yet, so dates are not to be believed.')]
      : []),
  ];
};

export const headline = (concerns: readonly Concern[]): string => {
  const count = concerns.filter(({ kind }) => kind === 'wrong').length;
  if (count === 0) return 'All is well.';
  return count === 1 ? 'One thing needs you.' : `${count} things need you.`;
};
