import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { redecodeModule } from '../../lora-module/redecode-module.ts';
import { checkSettings, type RadioSettings } from '../../lora-module/settings.ts';
import { type Rui3Event, rui3Codec } from './codec.ts';
import { isSent, join, type Rui3State, rui3Session, tell } from './session.ts';

export const rui3Parts: AdapterParts<RadioSettings, Rui3State, string, Rui3Event> = {
  name: 'rui3',
  lane: 'coverage',
  takes: ['downlink', 'beacon', 'restart'],
  check: (options) => checkSettings(options, 'radio'),
  codec: rui3Codec,
  session: rui3Session,
};

/** A RAK module with RUI3 (RAK3172, RAK4630, RAK11720) in peer-to-peer mode. */
export const adapter: Adapter = defineAdapter(rui3Parts);

export const redecode = redecodeModule({ wire: rui3Codec.event, join, tell, isSent });
