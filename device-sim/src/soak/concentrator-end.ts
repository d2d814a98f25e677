import { systemClock } from '@outpost/firmware-bridge';
import { gwmpWire } from '@outpost/firmware-bridge/wires';
import { type ReceptionBody, toHex } from '@outpost/schemas/words';
import { frameHeard } from '../devices/gwmp/testing.ts';
import { openUdpEnd } from '../devices/gwmp/udp-end.ts';

/** What a forwarder was told to send. */
export interface Told {
  /** The frame, hex. */
  readonly phy: string;
  readonly datr: string;
  /** By the clock of this machine, ms. */
  readonly atMs: number;
  /** Says what became of it: an error of the protocol, or nothing where it is sent. */
  answer(error: string | undefined): void;
}

/** A forwarder by hand, whose concentrator has a counter. */
export interface ConcentratorEnd extends AsyncDisposable {
  readonly eui: string;
  /** The counter now, in µs, 32 bits. */
  counter(): number;
  /** Hears a frame. */
  hear(phy: Uint8Array): void;
  /** Asks for transmissions, as it must now and then. */
  pull(): void;
}

const TOKENS = 65_536;
const COUNTER = 2n ** 32n;

const txpkOf = (bytes: Uint8Array): { readonly data?: unknown; readonly datr?: unknown } => {
  const { txpk } = JSON.parse(new TextDecoder().decode(bytes.subarray(4))) as { readonly txpk?: object };
  return txpk ?? {};
};

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));

export const openConcentrator = async (
  eui: string,
  port: number,
  told: (told: Told) => void,
): Promise<ConcentratorEnd> => {
  const clock = systemClock();
  let token = 0;
  const nextToken = (): number => {
    token = (token + 1) % TOKENS;
    return token;
  };
  const end = await openUdpEnd(
    '127.0.0.1',
    (bytes) => {
      const atMs = performance.now();
      if (bytes[3] !== gwmpWire.ID.pullResp) return;
      const from = { version: 2, token: ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0), eui } as const;
      const { data, datr } = txpkOf(bytes);
      told({
        phy: toHex(bytesOf(String(data))),
        datr: String(datr),
        atMs,
        answer: (error) => {
          const head = gwmpWire.gatewayDatagram(from, gwmpWire.ID.txAck);
          const said = error === undefined ? '' : JSON.stringify({ txpk_ack: { error } });
          end.send(Uint8Array.from([...head, ...new TextEncoder().encode(said)]), port);
        },
      });
    },
    false,
  );
  const counter = (): number => Number((clock.mono() / 1_000n) % COUNTER);
  return {
    eui,
    counter,
    hear: (phy) => {
      const body: ReceptionBody = { ...frameHeard(counter()), phy };
      const from = { version: 2, token: nextToken(), eui } as const;
      end.send(gwmpWire.writePush({ from, frames: [{ bodies: [body] }], simulated: true }), port);
    },
    pull: () => {
      const from = { version: 2, token: nextToken(), eui } as const;
      end.send(gwmpWire.gatewayDatagram(from, gwmpWire.ID.pullData), port);
    },
    [Symbol.asyncDispose]: () => end[Symbol.asyncDispose](),
  };
};
