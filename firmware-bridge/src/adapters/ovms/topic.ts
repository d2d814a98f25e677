/** What a topic of OVMS v3 is for. The prefix is what its owner made it; `ovms/<user>/<vehicle>/` by default. */
export type Topic =
  | { readonly kind: 'metric'; readonly prefix: string; readonly name: string }
  /** The payload is the event's name. */
  | { readonly kind: 'event'; readonly prefix: string }
  /** The same event again, by its topic, without a payload. */
  | { readonly kind: 'event-topic'; readonly prefix: string }
  | { readonly kind: 'notice'; readonly prefix: string; readonly type: NoticeType; readonly subtype: string }
  | {
      readonly kind: 'record';
      readonly prefix: string;
      readonly subtype: string;
      readonly id: string;
      /** Seconds. */
      readonly age: number;
    }
  /** Other readers of the module, their commands and the answers. */
  | { readonly kind: 'client'; readonly prefix: string };

export type NoticeType = 'info' | 'error' | 'alert';

const BEGINNING = /^((?:[^/]+\/)+?)(metric|event|notify|client)(?:\/(.*))?$/;

const noticeOf = (prefix: string, rest: string): Topic | undefined => {
  const [, type = '', subtype = ''] = /^(info|error|alert)\/(.+)$/.exec(rest) ?? [];
  if (type === 'info' || type === 'error' || type === 'alert')
    return { kind: 'notice', prefix, type, subtype };
  // The age is written as how far the record lies from now: -5.
  const [, record, id, ago] = /^data\/(.+)\/(\d{1,10})\/-?(\d{1,10})$/.exec(rest) ?? [];
  return record === undefined || id === undefined
    ? undefined
    : { kind: 'record', prefix, subtype: record, id, age: Number(ago) };
};

export const topicOf = (topic: string): Topic | undefined => {
  const [, prefix = '', branch, rest = ''] = BEGINNING.exec(topic) ?? [];
  if (branch === 'metric') return rest === '' ? undefined : { kind: 'metric', prefix, name: rest };
  if (branch === 'event') return { kind: rest === '' ? 'event' : 'event-topic', prefix };
  if (branch === 'notify') return noticeOf(prefix, rest);
  return branch === 'client' ? { kind: 'client', prefix } : undefined;
};
