import { timingSafeEqual } from 'node:crypto';
import type { Asked, Reply } from './http.ts';

/** Who may ask. `metrics`: the owner, or a scraper that shows the token. */
export type Access = 'anyone' | 'owner' | 'metrics';

export interface Route {
  readonly access: Access;
  answer(asked: Asked): Reply | Promise<Reply>;
}

/** By method and path: `GET /healthz`. */
export type Routes = Readonly<Record<string, Route>>;

/** Without telling by its time how much of a secret was right. */
export const isSameSecret = (a: string, b: string): boolean => {
  const [left, right] = [new TextEncoder().encode(a), new TextEncoder().encode(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};
