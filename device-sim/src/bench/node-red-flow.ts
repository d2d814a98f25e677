import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a person would draw: readings of devices out of MQTT into InfluxDB. */
export interface FlowPlan {
  /** `batch`: a function gathers a thousand, or a second's, for the batch node; `single`: each message by itself. */
  readonly kind: 'batch' | 'single';
  readonly mqttPort: number;
  readonly user: string;
  readonly password: string;
  readonly influxPort: number;
  readonly database: string;
}

const BATCH = 1_000;
const BATCH_MS = 1_000;

/** A time of its own for each point: points of one series at one time would overwrite each other. */
const TIME = 'String(BigInt(Date.now()) * 1000000n + BigInt(n % 1000000))';

const BATCH_SETUP = `
const points = [];
context.set('points', points);
context.set('flush', () => {
  if (points.length > 0) node.send({ payload: points.splice(0) });
});
context.set('timer', setInterval(context.get('flush'), ${BATCH_MS}));
`;

const BATCH_FUNCTION = `
const points = context.get('points');
const n = (context.get('n') || 0) + 1;
context.set('n', n);
points.push({
  measurement: 'device',
  tags: { device: msg.topic.split('/')[1] },
  fields: { value: msg.payload.n },
  timestamp: ${TIME},
});
if (points.length >= ${BATCH}) context.get('flush')();
return null;
`;

const SINGLE_FUNCTION = `
const n = (context.get('n') || 0) + 1;
context.set('n', n);
msg.payload = [{ value: msg.payload.n, time: ${TIME} }, { device: msg.topic.split('/')[1] }];
return msg;
`;

/** Nodes without a place on the sheet would be taken for configuration. */
const AT = { z: 'tab', x: 100, y: 100 } as const;

const flowOf = ({ kind, mqttPort, influxPort, database }: FlowPlan): readonly object[] => [
  { id: 'tab', type: 'tab', label: 'bench' },
  {
    id: 'broker',
    type: 'mqtt-broker',
    broker: '127.0.0.1',
    port: String(mqttPort),
    clientid: 'node-red',
    autoConnect: true,
    usetls: false,
    protocolVersion: '4',
    keepalive: '60',
    cleansession: true,
  },
  {
    id: 'influx',
    type: 'influxdb',
    hostname: '127.0.0.1',
    port: String(influxPort),
    database,
    influxdbVersion: '1.x',
  },
  {
    id: 'in',
    ...AT,
    type: 'mqtt in',
    topic: 'devices/#',
    qos: '1',
    datatype: 'json',
    broker: 'broker',
    inputs: 0,
    wires: [['reading']],
  },
  {
    id: 'reading',
    ...AT,
    type: 'function',
    func: kind === 'batch' ? BATCH_FUNCTION : SINGLE_FUNCTION,
    initialize: kind === 'batch' ? BATCH_SETUP : '',
    finalize: '',
    outputs: 1,
    libs: [],
    wires: [['out']],
  },
  kind === 'batch'
    ? {
        id: 'out',
        ...AT,
        type: 'influxdb batch',
        influxdb: 'influx',
        precision: 'n',
        retentionPolicy: '',
        wires: [],
      }
    : {
        id: 'out',
        ...AT,
        type: 'influxdb out',
        influxdb: 'influx',
        measurement: 'device',
        precision: 'n',
        retentionPolicy: '',
        wires: [],
      },
];

/** Without an editor, and nothing said but faults. */
const settingsOf = (port: number): string =>
  `module.exports = ${JSON.stringify({
    uiHost: '127.0.0.1',
    uiPort: port,
    httpAdminRoot: false,
    httpNodeRoot: false,
    flowFile: 'flows.json',
    credentialSecret: false,
    logging: { console: { level: 'warn', metrics: false, audit: false } },
  })};\n`;

/** A user directory for Node-RED with this flow; `modules`: where its packages are installed. */
export const writeFlow = async (
  directory: string,
  modules: string,
  port: number,
  plan: FlowPlan,
): Promise<string> => {
  const user = join(directory, 'node-red');
  await mkdir(user, { recursive: true });
  await symlink(modules, join(user, 'node_modules'));
  await writeFile(
    join(user, 'package.json'),
    JSON.stringify({ name: 'bench', private: true, dependencies: { 'node-red-contrib-influxdb': '*' } }),
  );
  await writeFile(join(user, 'settings.js'), settingsOf(port));
  await writeFile(join(user, 'flows.json'), JSON.stringify(flowOf(plan)));
  const credentials = { broker: { user: plan.user, password: plan.password }, influx: {} };
  await writeFile(join(user, 'flows_cred.json'), JSON.stringify(credentials));
  return user;
};
