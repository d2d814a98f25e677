import { ENVELOPE_DOWN, encode, encodeChoice, PACKET_DOWN, WINDOW } from '@outpost/gateway/helium';

export interface DownWindow {
  readonly timestamp: bigint;
  readonly frequencyHz: number;
  readonly dataRate: number;
  readonly immediate: boolean;
}

export interface Downlink {
  readonly payload: Uint8Array;
  readonly rx1: DownWindow | undefined;
  readonly rx2: DownWindow | undefined;
}

const NONE = new Uint8Array(0);

const windowBytes = (window: DownWindow | undefined): Uint8Array =>
  window === undefined
    ? NONE
    : encode(WINDOW, {
        timestamp: window.timestamp,
        frequency: window.frequencyHz,
        datarate: window.dataRate,
        immediate: window.immediate,
      });

export const encodeDownlink = ({ payload, rx1, rx2 }: Downlink): Uint8Array =>
  encodeChoice(
    ENVELOPE_DOWN.packet,
    encode(PACKET_DOWN, { payload, rx1: windowBytes(rx1), rx2: windowBytes(rx2) }),
  );
