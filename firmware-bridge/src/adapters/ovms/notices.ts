import { isVin, signalByName } from '@outpost/schemas/vehicle';
import { type Body, fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { Message } from '../../message.ts';
import { type Topic, topicOf } from './topic.ts';

/** A longer text is not kept; the module's own records have some hundred bytes. */
const TEXT_MAX_BYTES = 2_048;

const idOf = (name: string): number => signalByName(name)?.id ?? 0;
const [EVENT, NOTIFICATION, RECORD, AGE] = [
  idOf('Telematics.Event'),
  idOf('Telematics.Notification'),
  idOf('Telematics.Record'),
  idOf('Device.Age'),
];

const wrong = (words: string): Result<never> => fail(fault('malformed', 'ovms.text', 'message', words));

const textOf = (payload: Uint8Array): Result<string> => {
  if (payload.length > TEXT_MAX_BYTES) return wrong(`its text has more than ${TEXT_MAX_BYTES} B.`);
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(payload).trim());
  } catch {
    return wrong('it is no UTF-8 text.');
  }
};

const bodiesOf = (topic: Topic, text: string): readonly Body[] => {
  const said = (signal: number, words: string): Body => ({ kind: 'text', signal, text: words, ecu: 0 });
  switch (topic.kind) {
    case 'event':
      return text === '' ? [] : [said(EVENT, text)];
    case 'notice':
      return [said(NOTIFICATION, `${topic.type}/${topic.subtype}: ${text}`)];
    case 'record':
      return [
        said(RECORD, `${topic.subtype}: ${text}`),
        { kind: 'number', signal: AGE, mantissa: topic.age, ecu: 0 },
      ];
    case 'metric':
      return topic.name === 'v/vin' && isVin(text) ? [{ kind: 'identity', of: 'vin', text, ecu: 0 }] : [];
    case 'event-topic':
    case 'client':
      return [];
  }
};

/** What a message says in words, by its topic and payload alone. Faults are `malformed`. */
export const readNotice = ({ topic, payload }: Message): Result<readonly Body[]> => {
  const found = topicOf(topic);
  const text = textOf(payload);
  if (!text.ok) return text;
  return ok(found === undefined ? [] : bodiesOf(found, text.value));
};
