import { type Fault, ok } from '@outpost/schemas/words';
import type { Adapter, AdapterContext, AdapterParts, Observed } from './adapter.ts';
import type { Port } from './port.ts';
import { runSession } from './run-session.ts';

/** Joins a codec and a session to an adapter. Their types stay inside: whoever lists adapters sees one kind. */
export const defineAdapter = <Options, State, Command, Event>(
  parts: AdapterParts<Options, State, Command, Event>,
): Adapter => ({
  name: parts.name,
  bearsPosition: parts.bearsPosition ?? false,
  lane: parts.lane ?? 'telemetry',
  authenticates: parts.authenticates,
  takes: parts.takes ?? [],
  check: async (options) => {
    const checked = await parts.check(options);
    return checked.ok ? ok(undefined) : checked;
  },
  read: async function* read(
    port: Port,
    options: unknown,
    context: AdapterContext,
  ): AsyncGenerator<Observed, Fault, void> {
    const checked = await parts.check(options);
    if (!checked.ok) return checked.fault;
    const session = parts.session(checked.value, context.remembered);
    const { codec, to, asksTime } = parts;
    const optional = {
      ...(to === undefined ? {} : { to }),
      ...(asksTime === undefined ? {} : { asksTime }),
    };
    return yield* runSession({ codec, session, ...optional }, port, context);
  },
});
