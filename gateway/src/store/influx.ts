import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { Clock, Result } from '@outpost/schemas/words';
import { fail, fault, ok } from '@outpost/schemas/words';
import { InfluxDB, type IPoint } from 'influx';
import { type Ended, faultOf, sentOf, serverWords } from './answers.ts';
import { isolate, type Numbered, type PointOutcome, type Sent } from './isolate.ts';
import { lineOf } from './line.ts';
import { type Point, pointProblem } from './point.ts';
import { type Row, rowsOf } from './rows.ts';
import { within } from './scope.ts';
import { type Server, serverOf } from './server.ts';
import type { InfluxTarget } from './target.ts';
import { watchResponse } from './watch.ts';

export interface InfluxParts {
  readonly clock: Clock;
  /** Nothing waits longer than this for one answer, whatever the server does. */
  readonly deadlineMs: number;
}

/** An InfluxDB as the rest of the program sees it. Faults are values; only an abort rejects. */
export interface Influx {
  /** The address, without credentials. */
  readonly where: string;
  /** Which kind of server answers there. Says nothing about credentials: `/ping` does not check them. */
  ping(signal: AbortSignal): Promise<Result<Server>>;
  /**
   * Writes up to `POINTS_MAX` points under a retention policy (the database's default where none is named). The
   * outcomes stand in the order of the points: one bad point costs itself alone.
   */
  write(
    points: readonly Point[],
    retention: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly PointOutcome[]>;
  /** Runs one statement; `$name` in it stands for a placeholder's value. Times are RFC 3339 with nanoseconds. */
  query(
    statement: string,
    signal: AbortSignal,
    placeholders?: Readonly<Record<string, string | number>>,
  ): Promise<Result<readonly Row[]>>;
}

/** Points in one call; about 1 MB of line protocol. */
export const POINTS_MAX = 5_000;

/**
 * The package's client as it comes. Its pool takes a host out of use after one failure and repeats requests in its
 * own time; a client for each call, with one connection and no repetition, leaves both decisions to the caller.
 */
export const bareClient = (target: InfluxTarget, agent: Agent): InfluxDB =>
  new InfluxDB({
    host: target.host,
    port: target.port,
    protocol: target.protocol,
    path: target.path,
    database: target.database,
    // Without a user the client sends root:root; null, which its types do not know, keeps it silent.
    username: (target.user ?? null) as string,
    password: target.password ?? '',
    options: {
      agent,
      ...(target.token === undefined ? {} : { headers: { Authorization: `Token ${target.token}` } }),
    },
    pool: { maxRetries: 0 },
  });

/**
 * The client puts a measurement into the body as it is, with nothing after it where there are no tags, fields and
 * time. So our finished lines go through it as one: its own writing of points escapes no line break, alters texts,
 * does not tell integers from floats, and takes twice the time.
 */
const asOneMeasurement = (points: readonly Point[]): IPoint[] => [
  { measurement: points.map(lineOf).join('\n') },
];

/** What the client threw, as an end of the call. Anything that is neither network nor answer is a Bug. */
const endOf = (error: unknown, status: number, words: string): Ended => {
  const { code, message, res } = error as {
    code?: unknown;
    message?: unknown;
    res?: { statusCode?: number };
  };
  const text = typeof message === 'string' ? message : '';
  if (res?.statusCode !== undefined) {
    // `A 400 Bad Request error occurred: <body>`
    return {
      kind: 'answered',
      status: res.statusCode,
      words: serverWords(text.slice(text.indexOf(': ') + 2)),
    };
  }
  if (status >= 500) return { kind: 'answered', status, words: words === '' ? text : serverWords(words) };
  if (error instanceof SyntaxError) {
    return {
      kind: 'unanswered',
      code: 'influx.no-json',
      words: 'what answers there is no InfluxDB: it sent no JSON.',
    };
  }
  if (typeof code !== 'string' && !text.startsWith('Request timed out')) throw error;
  return {
    kind: 'unanswered',
    code: 'influx.unreachable',
    words: `InfluxDB cannot be reached (${code ?? text}).`,
  };
};

const CUT: Ended = {
  kind: 'unanswered',
  code: 'influx.cut',
  words: 'InfluxDB ended the connection within an answer.',
};

type Answer<T> = { readonly value: T } | { readonly ended: Ended };

/** One call with its own client and connection, ended by its answer, its deadline, a cut or the signal. */
const call = async <T>(
  target: InfluxTarget,
  { clock, deadlineMs }: InfluxParts,
  signal: AbortSignal,
  use: (client: InfluxDB) => Promise<T>,
): Promise<Answer<T>> => {
  const agent = target.protocol === 'https' ? new SecureAgent() : new Agent();
  const watch = watchResponse(agent);
  try {
    const answer = await within(clock, deadlineMs, signal, () =>
      Promise.race([
        use(bareClient(target, agent)).then(
          (value): Answer<T> => ({ value }),
          (error: unknown): Answer<T> => ({ ended: endOf(error, watch.status(), watch.words()) }),
        ),
        watch.cut.then((): Answer<T> => ({ ended: CUT })),
      ]),
    );
    if (answer !== 'late') return answer;
    const words = `InfluxDB gave no answer within ${deadlineMs} ms.`;
    return { ended: { kind: 'unanswered', code: 'influx.late', words } };
  } finally {
    watch.close();
    agent.destroy();
  }
};

const STORED: Ended = { kind: 'answered', status: 204, words: '' };

export const openInflux = (target: InfluxTarget, parts: InfluxParts): Influx => {
  const { where } = target;

  const send = async (
    points: readonly Point[],
    retention: string | undefined,
    signal: AbortSignal,
  ): Promise<Sent> => {
    const answer = await call(target, parts, signal, async (client) =>
      client.writePoints(
        asOneMeasurement(points),
        retention === undefined ? {} : { retentionPolicy: retention },
      ),
    );
    return sentOf('ended' in answer ? answer.ended : STORED, where);
  };

  return {
    where,
    async ping(signal) {
      const answer = await call(target, parts, signal, async (client) => client.ping(parts.deadlineMs));
      const seen = 'value' in answer ? answer.value[0] : undefined;
      const headers = seen?.res?.headers;
      if (headers === undefined) {
        return fail(
          fault('unreachable', 'influx.unreachable', where, 'no InfluxDB answers there; is it running?'),
        );
      }
      return ok(serverOf(headers));
    },
    async write(points, retention, signal) {
      if (points.length > POINTS_MAX) throw new RangeError(`more than ${POINTS_MAX} points in one write`);
      const outcomes = new Array<PointOutcome>(points.length);
      const good: Numbered[] = [];
      for (const [index, point] of points.entries()) {
        const words = pointProblem(point);
        if (words === undefined) good.push({ index, point });
        else outcomes[index] = { kind: 'poison', words };
      }
      await isolate(
        good,
        (some) => send(some, retention, signal),
        (index, outcome) => {
          outcomes[index] = outcome;
        },
      );
      return outcomes;
    },
    async query(statement, signal, placeholders) {
      const answer = await call(target, parts, signal, async (client) =>
        client.queryRaw(statement, { method: 'POST', placeholders: { ...placeholders } }),
      );
      if ('value' in answer) return rowsOf(answer.value, where);
      const { ended } = answer;
      const refused =
        ended.kind === 'answered'
          ? fault('refused', 'influx.refused', where, `InfluxDB refuses the statement: ${ended.words}`)
          : undefined;
      const why = faultOf(ended, where) ?? refused;
      if (why === undefined) throw new Error('unreachable: a call without an answer has a fault');
      return fail(why);
    },
  };
};
