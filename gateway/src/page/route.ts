import { timingSafeEqual } from 'node:crypto';
import type { Asked, Reply } from './http.ts';
import { replyToFault } from './http.ts';
import { checked, checkedQuery, type ObjectShape, type Shape, type ValueOf } from './shape.ts';

/** Who may ask. `metrics`: the owner, or a scraper that shows the token. */
export type Access = 'anyone' | 'owner' | 'metrics';

/** One thing that may be asked of the API, as its documentation tells it and as it is enforced. */
export interface Described {
  readonly access: Access;
  /** One sentence of what it gives or does. */
  readonly words: string;
  readonly query?: ObjectShape;
  readonly body?: ObjectShape;
  /** How long a body may be, where that is not the usual 64 KiB. */
  readonly bodyMaxBytes?: number;
  readonly gives: { readonly type: string; readonly shape?: Shape; readonly words?: string };
}

/** By method and path: `GET /healthz`. */
export type Api = Readonly<Record<string, Described>>;

type Given<S> = S extends Shape ? ValueOf<S> : undefined;

/** A request whose query and body have been found to be as described. */
export type Request<D extends Described> = Omit<Asked, 'query' | 'body'> & {
  readonly query: Given<D['query']>;
  readonly body: Given<D['body']>;
};

/** What answers each of them. */
export type Answers<A extends Api> = {
  readonly [Name in keyof A]: (request: Request<A[Name]>) => Reply | Promise<Reply>;
};

export interface Route {
  readonly access: Access;
  answer(asked: Asked): Reply | Promise<Reply>;
}

export type Routes = Readonly<Record<string, Route>>;

const withWhatIsGiven = async (
  asked: Asked,
  { query, body, bodyMaxBytes }: Described,
  answer: (request: Request<Described>) => Reply | Promise<Reply>,
): Promise<Reply> => {
  const wanted = query === undefined ? undefined : checkedQuery(asked.query, query);
  if (wanted?.ok === false) return replyToFault(wanted.fault);
  if (body === undefined) return await answer({ ...asked, query: wanted?.value, body: undefined });
  const read = await asked.body(bodyMaxBytes);
  const given = read.ok ? checked(read.value, body) : read;
  if (!given.ok) return replyToFault(given.fault);
  return await answer({ ...asked, query: wanted?.value, body: given.value });
};

/** What is described, with what answers it. */
export const routesOf = <const A extends Api>(api: A, answers: Answers<A>): Routes =>
  Object.fromEntries(
    Object.entries(api).map(([name, described]) => {
      const answer = answers[name] as (request: Request<Described>) => Reply | Promise<Reply>;
      return [
        name,
        {
          access: described.access,
          answer: (asked: Asked) => withWhatIsGiven(asked, described, answer),
        },
      ];
    }),
  );

/** Without telling by its time how much of a secret was right. */
export const isSameSecret = (a: string, b: string): boolean => {
  const [left, right] = [new TextEncoder().encode(a), new TextEncoder().encode(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};
