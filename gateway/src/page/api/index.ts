import type { Api } from '../route.ts';
import { BOX_API } from './box.ts';
import { DEVICES_API } from './devices.ts';
import { ENTRANCE_API } from './entrance.ts';
import { EVIDENCE_API } from './evidence.ts';
import { LEDGER_API } from './ledger.ts';
import { LIVE_API } from './live.ts';
import { PLACES_API } from './places.ts';
import { SETTINGS_API } from './settings.ts';

/** Everything that may be asked of the box; docs/api/openapi.json is made from it. */
export const API: Api = {
  ...LIVE_API,
  ...ENTRANCE_API,
  ...EVIDENCE_API,
  ...LEDGER_API,
  ...PLACES_API,
  ...SETTINGS_API,
  ...DEVICES_API,
  ...BOX_API,
};
