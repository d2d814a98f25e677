import { SIMULATOR_LEVEL } from '@outpost/firmware-bridge/wires';
import { normalAt } from '../../random/draw-at.ts';
import { type FleetDevice, type FleetKind, textSaid } from './said.ts';

const NOISE = 1;

const device = (seed: number, index: number): FleetDevice => {
  const at = (level: string): string => `${SIMULATOR_LEVEL}/sensor-${index}/${level}`;
  return {
    clientId: `${SIMULATOR_LEVEL}-sensor-${index}`,
    filter: at('#'),
    will: textSaid(at('status'), 'offline', 1, true),
    greet: () => [textSaid(at('status'), 'online', 1, true)],
    speak: (turn, clockMs) => {
      const noise = normalAt(seed, NOISE + index, turn);
      const said = {
        seq: turn,
        time: clockMs,
        temperature: Math.round(2_000 + 50 * noise) / 100,
        humidity: Math.round(5_000 + 200 * noise) / 100,
      };
      return [textSaid(at('values'), JSON.stringify(said), 1)];
    },
  };
};

/** Boards with a climate sensor, a counter and a clock. */
export const SENSOR_FLEET: FleetKind = { name: 'sensor', device };

/** The mapping by which the adapter `mapped` reads them. */
export const SENSOR_MAPPING = {
  topics: [
    {
      topic: `${SIMULATOR_LEVEL}/+/values`,
      time: { pointer: '/time', unit: 'ms' },
      values: [
        { pointer: '/seq', signal: 'Sensor.Count' },
        { pointer: '/temperature', signal: 'Sensor.Temperature' },
        { pointer: '/humidity', signal: 'Sensor.Humidity' },
      ],
    },
    {
      topic: `${SIMULATOR_LEVEL}/+/status`,
      format: 'text',
      values: [{ pointer: '', signal: 'Device.IsOnline', words: { online: 1, offline: 0 } }],
    },
  ],
} as const;
