import { fail, fault, ok, type Result } from '../../../words/index.ts';

/** A topic of ChirpStack's gateway side: `[prefix/]gateway/<EUI>/<family>/<name>`. */
export interface GatewayTopic {
  readonly prefix: string;
  readonly gateway: string;
  readonly family: 'event' | 'state' | 'command';
  readonly name: string;
}

const TOPIC = /^((?:[^+#]{1,128}\/)?)gateway\/([0-9a-f]{16})\/(event|state|command)\/([a-z]{1,16})$/;

export const readTopic = (topic: string): Result<GatewayTopic> => {
  const [, prefix, gateway, family, name] = TOPIC.exec(topic) ?? [];
  if (prefix === undefined || gateway === undefined || family === undefined || name === undefined) {
    const words = 'is under a topic that is none of a gateway: [prefix/]gateway/<EUI>/event/up.';
    return fail(fault('malformed', 'gw.topic', 'message', words));
  }
  return ok({ prefix, gateway, family: family as GatewayTopic['family'], name });
};

export const topicOf = (
  { prefix, gateway }: Pick<GatewayTopic, 'prefix' | 'gateway'>,
  family: GatewayTopic['family'],
  name: string,
): string => `${prefix}gateway/${gateway}/${family}/${name}`;
