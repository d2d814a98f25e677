import { regionNamed } from '@outpost/schemas/radio';
import { type Modulation, toHex } from '@outpost/schemas/words';
import { writeMessage } from '../../message.ts';
import { UPDATE_PATH } from './cups.ts';
import type { StationEvent } from './event.ts';
import { writeExact } from './exact-json.ts';
import { framePartsOf } from './frame-parts.ts';
import { DISCOVERY_PATH, routerPath } from './path.ts';

export const writeJson = (path: string, said: unknown): Uint8Array =>
  writeMessage({ topic: path, payload: new TextEncoder().encode(writeExact(said)) });

/** What our simulator adds to `upinfo` of each frame; no station says it. */
export const SIMULATOR_MARK = 'Outpost simulator';

/** For the simulator, whose address is of no consequence. */
const ORIGIN = 'ws://station';

/** What two descriptions of one rate have in common; stations tell no more. */
const keyOf = (modulation: Modulation | undefined): string => {
  switch (modulation?.kind) {
    case 'lora':
      return `${modulation.spreadingFactor}/${modulation.bandwidthHz}`;
    case 'fsk':
      return `fsk${modulation.bitsPerSecond}`;
    case 'lr-fhss':
      return `${modulation.codingRate}/${modulation.widthHz}`;
    case undefined:
      return '';
  }
};

/** The number of a rate among those of one direction; undefined where the region has none such. */
export const dataRateOf = (
  region: string,
  direction: 'uplink' | 'downlink',
  modulation: Modulation | undefined,
): number | undefined =>
  regionNamed(region)?.[direction].find(({ rate }) => {
    const same: Modulation =
      rate.kind === 'lora'
        ? { ...rate, codingRate: '' }
        : rate.kind === 'fsk'
          ? { ...rate, deviationHz: undefined }
          : { ...rate, gridSteps: undefined };
    return keyOf(same) === keyOf(modulation);
  })?.index;

/** A station's own messages, as the simulator plays them. What no station passes on is said as `propdf`. */
export const writeEvent = (event: StationEvent): Uint8Array => {
  if (event.kind === 'discover')
    return writeJson(`${event.origin}${DISCOVERY_PATH}`, { router: event.router });
  if (event.kind === 'update') {
    const { gateway: router, cupsUri, tcUri, cupsCrc, tcCrc, proof } = event;
    const question = { router, cupsUri, tcUri, cupsCredCrc: cupsCrc, tcCredCrc: tcCrc, keys: [] };
    const named = proof.kind === 'certificate' && proof.eui !== undefined ? `:${proof.eui}` : '';
    const user = proof.kind === 'none' ? '' : `${proof.kind}${named}@`;
    return writeJson(`${event.origin.replace(/^ws(s?):\/\//, `http$1://${user}`)}${UPDATE_PATH}`, question);
  }
  const path = `${ORIGIN}${routerPath(event.from)}`;
  switch (event.kind) {
    case 'version': {
      const { station, model } = event;
      return writeJson(path, { msgtype: 'version', station, model, protocol: 2 });
    }
    case 'heard': {
      const { body, xtime, rctx, from, simulated } = event;
      const source = simulated ? { source: SIMULATOR_MARK } : {};
      const strengths = { rssi: (body.rssiDeciDbm ?? 0) / 10, snr: (body.snrDeciDb ?? 0) / 10 };
      return writeJson(path, {
        ...(framePartsOf(body.phy) ?? { msgtype: 'propdf', FRMPayload: toHex(body.phy) }),
        DR: dataRateOf(from.region, 'uplink', body.modulation),
        Freq: body.frequencyHz,
        upinfo: { rctx, xtime, gpstime: 0, fts: body.fineNs ?? -1, ...strengths, ...source },
      });
    }
    case 'sent':
      return writeJson(path, { msgtype: 'dntxed', diid: event.diid, Freq: event.frequencyHz });
    case 'timesync':
      return writeJson(path, { msgtype: 'timesync', txtime: event.txtime });
    case 'other':
      return writeJson(path, { msgtype: event.type });
  }
};
