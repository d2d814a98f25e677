import type { Message } from '../../message.ts';
import type { Session } from '../../session.ts';
import type { SigningOptions } from '../../signing/options.ts';
import { type State, signingSession, type Verify } from '../../signing/session.ts';
import { bodiesOf } from './bodies.ts';
import type { M3terMessage } from './codec.ts';
import { signedPart } from './payload.ts';

export const m3terSession = (
  { key, silentAfterMs }: SigningOptions,
  verify: Verify,
): Session<State, Message, M3terMessage> =>
  signingSession<M3terMessage>({
    name: 'm3ter',
    key,
    silentAfterMs,
    verify,
    signedIn: ({ payload }) => ({
      sequence: payload.nonce,
      key: payload.key,
      signed: signedPart(payload),
      signature: payload.signature,
    }),
    bodiesIn: ({ payload }) => bodiesOf(payload),
    // A meter that starts asks with the nonce 0 how far its network has counted.
    isGreeting: ({ payload }) => payload.nonce === 0,
  });
