import { SIMULATOR_LEVEL } from '@outpost/firmware-bridge/wires';
import { momentOf } from './drive.ts';
import { type FleetDevice, type FleetKind, type Said, textSaid } from './said.ts';

/** A module gathers records while it is away; so old is the oldest. */
const OLDEST_S = 120;

const device = (seed: number, index: number): FleetDevice => {
  const prefix = `ovms/${SIMULATOR_LEVEL}/CAR${index}/`;
  const metric = (name: string, value: string): Said => textSaid(`${prefix}metric/${name}`, value, 0, true);
  const event = (name: string): readonly Said[] => [
    textSaid(`${prefix}event`, name, 0),
    textSaid(`${prefix}event/${name.replaceAll('.', '/')}`, '', 0),
  ];
  const connected = (words: string): Said => metric('s/v3/connected', words);
  return {
    clientId: `${SIMULATOR_LEVEL}-ovms-${index}`,
    filter: `${prefix}#`,
    will: connected('no'),
    greet: () => [
      connected('yes'),
      metric('v/vin', momentOf(seed, index, 0).vin),
      ...event('server.v3.connected'),
    ],
    speak: (turn, clockMs) => {
      const { speed, charge, odometer, latitude, longitude } = momentOf(seed, index, turn);
      const said = [
        metric('m/time/utc', String(Math.floor(clockMs / 1_000))),
        metric('v/b/soc', charge.toFixed(1)),
        metric('v/b/power', (speed / 5).toFixed(3)),
        metric('v/p/latitude', latitude.toFixed(6)),
        metric('v/p/longitude', longitude.toFixed(6)),
        metric('v/p/odometer', odometer.toFixed(1)),
        metric('v/p/speed', String(speed)),
        metric('v/t/pressure', '230.1,230.4,241,240.9'),
      ];
      if (turn % 20 === 7) said.push(...event('vehicle.on'));
      if (turn % 50 === 9) said.push(textSaid(`${prefix}notify/info/drive.trip`, `Trip ${odometer} km`, 1));
      if (turn % 10 === 0) {
        const record = `${prefix}notify/data/log.trip/${turn}/-${turn % OLDEST_S}`;
        said.push(textSaid(record, `*-LOG-Trip,${turn},86400,${odometer}`, 1));
      }
      return said;
    },
  };
};

/** OVMS v3 modules: metrics one by one, events, notifications, records. */
export const OVMS_FLEET: FleetKind = { name: 'ovms', device };
