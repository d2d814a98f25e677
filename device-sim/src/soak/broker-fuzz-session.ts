import { connect } from 'node:net';
import { concatBytes } from '@outpost/schemas/words';
import { anyConnect, anyPacket, type Level, mutate, type PacketContext, pick } from '../mqtt/any-packet.ts';
import { connectPacket, newCutter, publishPacket, TYPE } from '../mqtt/packets.ts';
import { maskedFrame, newServerFrames, OPCODE, upgradeRequest } from '../mqtt/web-socket-frames.ts';
import { type Random, random } from '../random/sfc32.ts';

export type Transport = 'tcp' | 'webSocket';

export interface FuzzSession {
  readonly chance: Random;
  readonly transport: Transport;
  readonly port: number;
  readonly device: string;
  readonly password: string;
}

/** What one session may take before it is given up. */
const SESSION_MS = 50;
const PACKETS_MAX = 16;
const PIECE_MAX_BYTES = 400;

/** The packets of one session, in one row of bytes. */
const streamOf = (context: PacketContext): Uint8Array => {
  const { chance, isWild } = context;
  const among = isWild ? 40 : 400;
  const first = chance.whole(isWild ? 12 : 200) === 0 ? [] : [mutate(chance, anyConnect(context), among)];
  const rest = Array.from({ length: chance.whole(PACKETS_MAX) }, () =>
    mutate(chance, anyPacket(context), among),
  );
  return concatBytes(...first, ...rest);
};

/** Cuts anywhere: within a packet, within its length. */
const piecesOf = (chance: Random, stream: Uint8Array): readonly Uint8Array[] => {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < stream.length; ) {
    const size = 1 + chance.whole(chance.whole(4) === 0 ? 8 : PIECE_MAX_BYTES);
    pieces.push(stream.subarray(at, at + size));
    at += size;
  }
  return pieces;
};

/** Frames that carry the pieces, now and then one that is none, or that no client may send. */
const framesOf = (chance: Random, pieces: readonly Uint8Array[]): readonly Uint8Array[] =>
  pieces.flatMap((piece) => {
    const whole = maskedFrame(chance, piece, { opcode: OPCODE.binary, isLast: true });
    switch (chance.whole(40)) {
      case 0:
        return [whole, maskedFrame(chance, chance.bytes(4), { opcode: OPCODE.ping, isLast: true })];
      case 1:
        return [maskedFrame(chance, piece, { opcode: OPCODE.text, isLast: true })];
      case 2:
        return [
          maskedFrame(chance, piece, { opcode: OPCODE.binary, isLast: false }),
          maskedFrame(chance, piece, { opcode: OPCODE.continuation, isLast: true }),
        ];
      case 3:
        return [mutate(chance, whole, 5)];
      case 4:
        return [
          maskedFrame(chance, chance.bytes(2), { opcode: chance.whole(16), isLast: chance.whole(2) === 0 }),
        ];
      default:
        return [whole];
    }
  });

/** One connection: mostly a proper introduction, then whatever chance says, in whatever pieces. */
export const runFuzzSession = ({ chance, transport, port, device, password }: FuzzSession): Promise<void> =>
  new Promise((resolve) => {
    // The broker speaks 3.1.1: what comes after an introduction by another level is seen only if that is let in.
    const introduced: Level = pick(chance, [4, 4, 4, 4, 4, 5, 3]);
    const spoken: Level = chance.whole(6) === 0 ? 5 : introduced;
    const own = { chance, device, password, isWild: chance.whole(2) === 0 };
    const stream = concatBytes(
      streamOf({ ...own, level: introduced }),
      ...(spoken === introduced ? [] : [streamOf({ ...own, level: spoken })]),
    );
    const pieces = piecesOf(chance, stream);
    const written = transport === 'tcp' ? pieces : framesOf(chance, pieces);
    const socket = connect({ port, host: '127.0.0.1' });
    const isDeaf = chance.whole(16) === 0;
    const isPolite = chance.whole(2) === 0;
    const write = (): void => {
      for (const each of written) socket.write(each);
      if (isPolite) socket.end();
    };
    socket.setTimeout(SESSION_MS, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.once('close', () => resolve());
    socket.once('connect', () => {
      if (transport === 'tcp') write();
      else {
        const protocol = chance.whole(30) === 0 ? pick(chance, ['', 'mqttv3.1', 'mqtt, chat']) : 'mqtt';
        socket.write(mutate(chance, upgradeRequest(port, protocol), 100));
        // At once, or once it is answered: both happen.
        if (chance.whole(2) === 0) write();
        else socket.once('data', write);
      }
      if (!isDeaf) socket.resume();
    });
  });

const PROBE_MS = 5_000;

/** Whether a sound client is let in and gets its acknowledgement. */
export const probe = ({ transport, port, device, password }: Omit<FuzzSession, 'chance'>): Promise<boolean> =>
  new Promise((resolve) => {
    const chance = random(1, 'probe');
    const socket = connect({ port, host: '127.0.0.1' });
    const packets = concatBytes(
      connectPacket({ clientId: 'sound', user: device, password }),
      publishPacket(`devices/${device}/n`, Uint8Array.of(0x31), 1),
    );
    const end = (isServed: boolean): void => {
      socket.destroy();
      resolve(isServed);
    };
    socket.setTimeout(PROBE_MS, () => end(false));
    socket.on('error', () => end(false));
    socket.once('close', () => end(false));
    const cut = newCutter(({ type }) => (type === TYPE.puback ? end(true) : undefined));
    socket.on('data', transport === 'tcp' ? cut : newServerFrames(cut));
    socket.once('connect', () => {
      if (transport === 'tcp') socket.write(packets);
      else {
        socket.write(upgradeRequest(port));
        socket.write(maskedFrame(chance, packets, { opcode: OPCODE.binary, isLast: true }));
      }
    });
  });
