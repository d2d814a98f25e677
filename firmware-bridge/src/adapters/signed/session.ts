import type { Message } from '../../message.ts';
import type { Session } from '../../session.ts';
import type { SigningOptions } from '../../signing/options.ts';
import { type State, signingSession, type Verify } from '../../signing/session.ts';
import { bodiesOf } from './bodies.ts';
import type { SignedMessage } from './codec.ts';

export const signedSession = (
  { key, silentAfterMs }: SigningOptions,
  verify: Verify,
): Session<State, Message, SignedMessage> =>
  signingSession<SignedMessage>({
    name: 'signed',
    key,
    silentAfterMs,
    verify,
    signedIn: ({ reading }) => reading,
    bodiesIn: ({ reading }) => bodiesOf(reading),
  });
