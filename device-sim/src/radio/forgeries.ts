import { createSocket } from 'node:dgram';
import { gwmpWire } from '@outpost/firmware-bridge/wires';
import { fromHex, type ReceptionBody } from '@outpost/schemas/words';
import { drawAt } from '../random/draw-at.ts';

/** A datagram in the name of a gateway by somebody who is none. */
export interface Forgery {
  readonly kind: 'pull-data' | 'tx-ack' | 'push-data' | 'stranger';
  /** µs of the world at which it is sent. */
  readonly atUs: number;
  /** EUI of whoever is robbed, 16 lower-case hex digits; a stranger uses one of his own that is made of it. */
  readonly eui: string;
  /** Undefined: any, as somebody guesses who does not see the traffic. */
  readonly token: number;
}

const TOKENS = 65_536;
const CHANCE = { when: 301, token: 302 } as const;

/** Forged datagrams of one kind against some gateways, evenly by chance: `everyS` apart for each of them. */
export const forgeriesUntil = (
  kind: Forgery['kind'],
  victims: readonly { readonly eui: string; readonly seed: number }[],
  everyS: number,
  [fromUs, untilUs]: readonly [number, number],
): readonly Forgery[] =>
  victims
    .flatMap(({ eui, seed }) => {
      const everyUs = everyS * 1e6;
      const turns = Array.from({ length: Math.floor(untilUs / everyUs) + 1 }, (_, turn) => turn);
      return turns.map((turn) => ({
        kind,
        eui,
        atUs: Math.floor((turn + drawAt(seed, CHANCE.when, turn)) * everyUs),
        token: Math.floor(drawAt(seed, CHANCE.token, turn) * TOKENS),
      }));
    })
    .filter(({ atUs }) => atUs > fromUs && atUs <= untilUs)
    .toSorted((a, b) => a.atUs - b.atUs);

/** An EUI that nobody has approved. */
export const strangerEui = (eui: string): string => `ff${eui.slice(2)}`;

/** A frame that nobody heard, with the token as the device's counter. */
const inventedFrame = (eui: string, token: number): ReceptionBody => ({
  kind: 'reception',
  direction: 'heard',
  gateway: fromHex(eui),
  phy: Uint8Array.of(0x40, 0xfe, 0xed, 0, 1, 0, token & 0xff, token >> 8, 1, 9, 9, 9, 9),
  crc: 'ok',
  frequencyHz: 868_100_000,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  rssiDeciDbm: -900,
  signalRssiDeciDbm: undefined,
  snrDeciDb: 80,
  powerDeciDbm: undefined,
  tmst: token,
  gatewayTime: undefined,
  fineNs: undefined,
  frequencyOffsetHz: undefined,
  channel: 0,
  rfChain: 0,
  antenna: undefined,
  location: undefined,
});

/**
 * The bytes: a keep-alive that draws transmissions to its sender, an answer that settles one, or a frame that nobody
 * heard, in the name of a gateway or of one that nobody knows. Marked as simulated where there is room for it.
 */
export const forgedBytes = ({ kind, eui, token }: Forgery): Uint8Array => {
  const own = kind === 'stranger' ? strangerEui(eui) : eui;
  const from = { version: 2, token, eui: own } as const;
  switch (kind) {
    case 'pull-data':
      return gwmpWire.gatewayDatagram(from, gwmpWire.ID.pullData);
    case 'tx-ack':
      return gwmpWire.gwmpCodec.event.encode({ kind: 'tx-ack', from, ack: gwmpWire.TAKEN });
    case 'push-data':
    case 'stranger':
      return gwmpWire.writePush({ from, frames: [{ bodies: [inventedFrame(own, token)] }], simulated: true });
  }
};

/** Somebody with a socket of his own. */
export interface Forger extends AsyncDisposable {
  forge(forgery: Forgery): void;
  readonly sent: number;
  /** Transmissions that came to him instead of to the gateway. */
  readonly diverted: number;
}

const PULL_RESP = gwmpWire.ID.pullResp;

/** `from`: an address of this machine to speak from, the usual one where it is undefined. */
export const openForger = async (
  server: { readonly address: string; readonly port: number },
  from: string | undefined,
): Promise<Forger> => {
  const socket = createSocket(server.address.includes(':') ? 'udp6' : 'udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, from, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  // A server that is away answers with ICMP; the next datagram is tried all the same.
  socket.on('error', () => undefined);
  let sent = 0;
  let diverted = 0;
  socket.on('message', (bytes) => {
    if (bytes[3] === PULL_RESP) diverted += 1;
  });
  return {
    forge: (forgery) => {
      sent += 1;
      socket.send(forgedBytes(forgery), server.port, server.address, () => undefined);
    },
    get sent() {
      return sent;
    },
    get diverted() {
      return diverted;
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
};
