import type { Profile } from '../profile.ts';
import { SIMULATOR_MARK } from '../wire.ts';
import { GENUINE } from './genuine.ts';

/** An OBDLink SX: STN1110 behind USB at 115,200 baud. Its ELM face says v1.4b, as the maker's own chips do. */
export const STN: Profile = {
  ...GENUINE,
  name: 'stn',
  banner: `ELM327 v1.4b ${SIMULATOR_MARK}`,
  greeting: `ELM327 v1.4b ${SIMULATOR_MARK}`,
  stn: {
    firmware: `STN1110 v4.3.2 ${SIMULATOR_MARK}`,
    device: `OBDLink SX r4.2 ${SIMULATOR_MARK}`,
    serial: '110012345678',
    baudMax: 1_000_000,
  },
  command: { meanMs: 0.8, spreadMs: 0.2 },
  overhead: { meanMs: 0.9, spreadMs: 0.2 },
  resetMs: 480,
  search: { meanMs: 900, spreadMs: 100 },
  searchFailsMs: 3_900,
  baud: 115_200,
};

/** An OBDLink with the faster chip: up to 2 Mbit/s. */
export const STN_2120: Profile = {
  ...STN,
  name: 'stn-2120',
  stn: {
    firmware: `STN2120 v5.6.7 ${SIMULATOR_MARK}`,
    device: `OBDLink EX r1.0 ${SIMULATOR_MARK}`,
    serial: '212012345678',
    baudMax: 2_000_000,
  },
  command: { meanMs: 0.4, spreadMs: 0.1 },
  overhead: { meanMs: 0.5, spreadMs: 0.1 },
};
