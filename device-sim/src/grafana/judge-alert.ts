import type { Influx } from '@outpost/gateway';
import { type AlertRule, expand } from './expand.ts';
import { type Series, seriesOf } from './picture/frames.ts';

/** What one group of a rule's answer comes to. */
export interface Judged {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly fires: boolean;
}

interface Model {
  readonly refId: string;
  readonly type?: string;
  readonly query?: string;
  readonly expression?: string;
  readonly reducer?: string;
  readonly conditions?: readonly {
    readonly evaluator: { readonly type: string; readonly params: readonly number[] };
  }[];
}

const lastNumber = ({ points }: Series): number | undefined => {
  const value = points.findLast(([, each]) => typeof each === 'number')?.[1];
  return typeof value === 'number' ? value : undefined;
};

/** `gt` and `lt` as Grafana's threshold expression has them: the limit itself does not fire. */
const passes = (value: number, type: string, limit: number): boolean => {
  if (type === 'gt') return value > limit;
  if (type === 'lt') return value < limit;
  throw new Error(`${type} is no threshold that the rules use`);
};

/**
 * Evaluates a rule of the file as Grafana does at one moment, its three steps by what the file says of them: the
 * query over its stretch of time, the last number of each group, the threshold. Empty where there is no data.
 */
export const judgeAlert = async (
  influx: Influx,
  { condition, data }: AlertRule,
  nowMs: number,
  signal: AbortSignal,
): Promise<readonly Judged[]> => {
  const models = new Map(data.map((each) => [each.refId, each.model as Model]));
  const threshold = models.get(condition);
  const reduce = models.get(threshold?.expression ?? '');
  const asked = data.find(({ refId }) => refId === reduce?.expression);
  const [evaluator] = (threshold?.conditions ?? []).map((each) => each.evaluator);
  if (asked === undefined || evaluator === undefined || reduce?.reducer !== 'last') {
    throw new Error('the rule is no query that is reduced to its last value and held against a threshold');
  }
  const { query = '' } = asked.model as Model;
  const { from, to } = asked.relativeTimeRange;
  const shown = { fromMs: nowMs - from * 1_000, toMs: nowMs - to * 1_000, intervalS: 10 };
  const answer = await influx.query(expand(query, shown), signal);
  if (!answer.ok) throw new Error(answer.fault.words);
  return seriesOf(answer.value, { query }).flatMap((series) => {
    const value = lastNumber(series);
    if (value === undefined) return [];
    const { labels } = series;
    return [{ labels, value, fires: passes(value, evaluator.type, evaluator.params[0] ?? Number.NaN) }];
  });
};
