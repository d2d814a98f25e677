import { createHash, randomBytes } from 'node:crypto';
import { elapsedMs, type MonoNs } from '@outpost/schemas/words';

const TOKEN_BYTES = 32;
/** A page that nobody has looked at for so long asks again who is there. */
const IDLE_MS_MAX = 7 * 86_400_000;
/** However busy, a session ends after this. */
const AGE_MS_MAX = 30 * 86_400_000;
/** Beyond it the one that was used least recently ends. */
const SESSIONS_MAX = 64;

interface Session {
  readonly begun: MonoNs;
  used: MonoNs;
}

/** Who has logged in. They end with the program, which costs its owner one login after an update. */
export interface Sessions {
  /** A token for the browser to show; only its hash is kept here. */
  begin(now: MonoNs): string;
  /** True where the token is of a session under way, which goes on by it. */
  touch(token: string, now: MonoNs): boolean;
  end(token: string): void;
  endAll(): void;
  readonly size: number;
}

const keyOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

export const createSessions = (): Sessions => {
  /** By the hash of the token, the one that was used longest ago first. */
  const sessions = new Map<string, Session>();
  return {
    begin: (now) => {
      const oldest = sessions.keys().next();
      if (sessions.size >= SESSIONS_MAX && oldest.done !== true) sessions.delete(oldest.value);
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      sessions.set(keyOf(token), { begun: now, used: now });
      return token;
    },
    touch: (token, now) => {
      const key = keyOf(token);
      const session = sessions.get(key);
      if (session === undefined) return false;
      sessions.delete(key);
      if (elapsedMs(session.used, now) > IDLE_MS_MAX || elapsedMs(session.begun, now) > AGE_MS_MAX)
        return false;
      sessions.set(key, { ...session, used: now });
      return true;
    },
    end: (token) => void sessions.delete(keyOf(token)),
    endAll: () => sessions.clear(),
    get size() {
      return sessions.size;
    },
  };
};
