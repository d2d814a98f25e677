import { asciiBytes } from '@outpost/schemas/words';
import type { Fix } from '../../gnss/position.ts';
import type { GpsdEvent } from './event.ts';

const STATUS: Readonly<Partial<Record<Fix['fix'], number>>> = { differential: 2, rtk: 3, estimated: 5 };

const known = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : value / factor;

const tpvOf = (fix: Fix | undefined, simulated: boolean): object => {
  if (fix === undefined) return { class: 'TPV', mode: 1, ...(simulated ? { status: 8 } : {}) };
  const status = simulated ? 8 : (STATUS[fix.fix] ?? 1);
  return {
    class: 'TPV',
    mode: fix.altitudeCm === undefined ? 2 : 3,
    status,
    time: fix.fixedAt === undefined ? undefined : new Date(Number(fix.fixedAt / 1_000_000n)).toISOString(),
    lat: fix.latitude / 1e7,
    lon: fix.longitude / 1e7,
    altMSL: known(fix.altitudeCm, 100),
    speed: known(fix.speedCmS, 100),
    track: known(fix.courseCdeg, 100),
  };
};

const objectOf = (event: GpsdEvent): object => {
  switch (event.kind) {
    case 'version':
      return {
        class: 'VERSION',
        release: event.release,
        rev: event.release,
        proto_major: 3,
        proto_minor: 15,
      };
    case 'tpv':
      return tpvOf(event.fix, event.simulated);
    case 'devices':
      return { class: 'DEVICES', devices: Array.from({ length: event.count }, () => ({ class: 'DEVICE' })) };
    case 'error':
      return { class: 'ERROR', message: event.words };
    case 'other':
      return { class: event.class };
  }
};

/** For the simulator: what gpsd sends, one line. */
export const writeEvent = (event: GpsdEvent): Uint8Array =>
  asciiBytes(`${JSON.stringify(objectOf(event))}\r\n`);
