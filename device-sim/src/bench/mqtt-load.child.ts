/**
 * Publishes as fast as it is answered and says how long that took, from a process of its own:
 * `{"port":…,"count":…,"qos":0|1,"connections":…,"window":…,"payloadBytes":…,"user":…,"password":…}`.
 */
import { connect } from 'node:net';
import { connectPacket, newCutter, publishPacket, subscribePacket, TYPE } from '../mqtt/packets.ts';

export interface LoadPlan {
  readonly port: number;
  readonly count: number;
  readonly qos: 0 | 1;
  readonly connections: number;
  /** Messages of one connection that are not acknowledged. */
  readonly window: number;
  readonly payloadBytes: number;
  readonly user: string;
  readonly password: string;
  /** Accounts of devices, one for each connection, in place of that one. */
  readonly devices?: readonly { readonly name: string; readonly user: string; readonly password: string }[];
  /** In place of publishing: says so whenever it got so many messages in all. */
  readonly listensFor: readonly number[];
}

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan;
const { port, count, qos, window } = plan;
/** Bytes of one write: a flood is written in pieces that the kernel takes at once. */
const PIECE = 256;

const accountOf = (index: number) =>
  plan.devices?.[index] ?? { name: plan.user, user: plan.user, password: plan.password };

/** JSON with a number that differs from message to message, as long as was asked for. */
const payloadOf = (number: number): Uint8Array => {
  const bare = `{"n":${number},"pad":""}`;
  const pad = 'x'.repeat(Math.max(0, plan.payloadBytes - bare.length));
  return new TextEncoder().encode(`{"n":${number},"pad":"${pad}"}`);
};

const dial = (index: number, see: Parameters<typeof newCutter>[0]) =>
  new Promise<ReturnType<typeof connect>>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on(
      'data',
      newCutter((seen) => (seen.type === TYPE.connack ? resolve(socket) : see(seen))),
    );
    const { name, user, password } = accountOf(index);
    const clientId = plan.devices === undefined ? `load-${index}` : name;
    socket.once('connect', () => socket.write(connectPacket({ clientId, user, password })));
  });

/** All of one connection's messages; resolves when the last is acknowledged, or with QoS 0 written. */
const publish = async (index: number, messages: number): Promise<void> => {
  const topic = `devices/${accountOf(index).name}/n`;
  const frames = Array.from({ length: PIECE }, (_, at) =>
    publishPacket(topic, payloadOf(1_000_000 + at), qos === 0 ? undefined : at + 1),
  );
  const frame = frames[0]?.length ?? 0;
  const piece = new Uint8Array(frame * PIECE);
  for (const [at, each] of frames.entries()) piece.set(each, at * frame);
  let sent = 0;
  let acknowledged = 0;
  let wake: () => void = () => undefined;
  const socket = await dial(index, ({ type }) => {
    if (type !== TYPE.puback) return;
    acknowledged += 1;
    wake();
  });
  while (sent < messages) {
    const room = qos === 0 ? PIECE : Math.min(PIECE, window - (sent - acknowledged));
    const now = Math.min(room, messages - sent);
    if (now > 0) {
      sent += now;
      const isTaken = socket.write(piece.subarray(0, now * frame));
      if (qos === 0 && !isTaken) await new Promise((resolve) => socket.once('drain', resolve));
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  while (qos === 1 && acknowledged < messages) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
};

/** Takes and acknowledges everything; says the number once it is all. */
const listen = async (): Promise<void> => {
  let got = 0;
  const socket = await dial(plan.connections, ({ type, first, body }) => {
    if (type === TYPE.suback) process.stdout.write('ready\n');
    if (type !== TYPE.publish) return;
    got += 1;
    if ((first & 0x06) !== 0) {
      const at = 2 + ((body[0] ?? 0) << 8) + (body[1] ?? 0);
      socket.write(Uint8Array.of(0x40, 2, body[at] ?? 0, body[at + 1] ?? 0));
    }
    if (plan.listensFor.includes(got)) process.stdout.write(`${got}\n`);
  });
  socket.write(subscribePacket('devices/#', qos));
};

if (plan.listensFor.length > 0) await listen();
else {
  const each = Math.floor(count / plan.connections);
  await Promise.all(Array.from({ length: plan.connections }, (_, index) => publish(index, each)));
  process.stdout.write('sent\n');
}
