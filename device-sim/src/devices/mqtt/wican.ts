import { SIMULATED_ID, SIMULATOR_LEVEL, wicanWire } from '@outpost/firmware-bridge/wires';
import { momentOf } from './drive.ts';
import { type FleetDevice, type FleetKind, type Said, textSaid } from './said.ts';

const { dataFrame, segment, writeFrame } = wicanWire;

const ECU = 0x7e8;
const PADDING = 0xaa;
/** Uptime is printed modulo one minute. */
const MINUTE_MS = 60_000;

const answers = (...payloads: readonly Uint8Array[]) =>
  payloads.flatMap((payload) => segment(payload, PADDING).map((data) => dataFrame(ECU, false, data)));

const framesSaid = (topic: string, clockMs: number, frames: ReturnType<typeof answers>): Said => {
  const list = frames.map(writeFrame).join(',');
  return textSaid(topic, `{"bus":"0","type":"rx","ts":${clockMs % MINUTE_MS},"frame":[${list}]}`, 0);
};

/** As the firmware prints numbers: two decimals. */
const parameters = (values: Readonly<Record<string, number | string>>): string =>
  `{${Object.entries(values)
    .map(([name, value]) => `"${name}":${typeof value === 'number' ? value.toFixed(2) : `"${value}"`}`)
    .join(',')}}`;

const device = (seed: number, index: number): FleetDevice => {
  const id = `${SIMULATED_ID}${index.toString(16).padStart(6, '0')}`;
  const at = (level: string): string => `wican/${id}/${level}`;
  const status = (words: string): Said => textSaid(at('can/status'), `{"status": "${words}"}`, 1, true);
  return {
    clientId: `${SIMULATOR_LEVEL}-wican-${index}`,
    filter: `wican/${id}/#`,
    will: status('offline'),
    greet: () => [status('online')],
    speak: (turn, clockMs) => {
      const { speed, charge, odometer, vin } = momentOf(seed, index, turn);
      const live = answers(
        Uint8Array.of(0x41, 0x0d, speed),
        Uint8Array.of(0x41, 0x5b, Math.round(charge * 2.55)),
      );
      switch (turn % 4) {
        case 0:
          return [framesSaid(at('can/rx'), clockMs, live)];
        case 1: {
          const time = Math.floor(clockMs / 1_000);
          const group = parameters({ SOC: charge, SPEED: speed, ODOMETER: odometer, CHARGING: 'off' });
          return [textSaid(at('autopid'), `${group.slice(0, -1)},"timestamp":${time}}`, 0, true)];
        }
        case 2:
          return [textSaid(at('battery'), parameters({ battery_voltage: 12 + (turn % 100) / 100 }), 0)];
        default: {
          const name = Uint8Array.of(0x49, 0x02, 0x01, ...new TextEncoder().encode(vin));
          return [framesSaid(at('elm327'), clockMs, turn % 16 === 3 ? answers(name) : live.slice(0, 1))];
        }
      }
    },
  };
};

/** WiCAN dongles: status, frames, ELM log, AutoPID. */
export const WICAN_FLEET: FleetKind = { name: 'wican', device };
