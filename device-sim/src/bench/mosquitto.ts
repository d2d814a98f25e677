import { spawn, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { freePort } from '../mqtt/box.ts';
import { type Child, childOf } from './child.ts';

const MOSQUITTO = '/usr/sbin/mosquitto';

export const hasMosquitto = (): boolean => spawnSync(MOSQUITTO, ['-h']).error === undefined;

const isUp = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

export interface Mosquitto {
  readonly child: Child;
  readonly port: number;
  readonly password: string;
}

/** With a password, and with nothing that it would drop. */
export const startMosquitto = async (directory: string, user: string): Promise<Mosquitto> => {
  const port = await freePort();
  const passwords = join(directory, 'passwords');
  const password = 'benchmark';
  spawnSync('mosquitto_passwd', ['-b', '-c', passwords, user, password]);
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous false',
    `password_file ${passwords}`,
    'user root',
    'max_queued_messages 0',
    'max_inflight_messages 0',
    'set_tcp_nodelay true',
  ];
  await writeFile(join(directory, 'mosquitto.conf'), `${lines.join('\n')}\n`);
  const broker = spawn(MOSQUITTO, ['-c', join(directory, 'mosquitto.conf')], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const clock = systemClock();
  while (!(await isUp(port))) await clock.sleep(10, new AbortController().signal);
  return { child: childOf(broker), port, password };
};
