/** Modes of a pin (Firmata protocol 2.7, `protocol.md`, "Supported modes"). */
export const PIN_MODES = {
  input: 0x00,
  output: 0x01,
  analog: 0x02,
  pwm: 0x03,
  servo: 0x04,
  i2c: 0x06,
  pullup: 0x0b,
} as const;

/** What one pin can do: mode, and resolution in bits. */
export interface PinMode {
  readonly mode: number;
  readonly bits: number;
}

/** What a board says. */
export type BoardMessage =
  /** Of the protocol, not of the sketch. A board says it by itself when it has started. */
  | { readonly kind: 'version'; readonly major: number; readonly minor: number }
  | { readonly kind: 'firmware'; readonly major: number; readonly minor: number; readonly name: string }
  /** By number of pin; a pin without modes may not be touched. */
  | { readonly kind: 'capabilities'; readonly pins: readonly (readonly PinMode[])[] }
  /** By number of pin, its analog channel. */
  | { readonly kind: 'analog-mapping'; readonly channels: readonly (number | undefined)[] }
  /** `value`: what was last written to an output; of an input, whether its pull-up is on. */
  | { readonly kind: 'pin-state'; readonly pin: number; readonly mode: number; readonly value: number }
  | { readonly kind: 'analog'; readonly channel: number; readonly value: number }
  /** Eight pins from 8 × port on, the lowest bit first; only those that are inputs mean anything. */
  | { readonly kind: 'digital'; readonly port: number; readonly bits: number }
  | {
      readonly kind: 'i2c-reply';
      readonly address: number;
      readonly register: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'text'; readonly text: string }
  /** A message of an extension that this gateway does not speak. */
  | { readonly kind: 'other'; readonly id: number; readonly body: Uint8Array };

/** What a board is told. */
export type HostMessage =
  | {
      readonly kind:
        | 'query-version'
        | 'query-firmware'
        | 'query-capabilities'
        | 'query-analog-mapping'
        /** Outputs low, reports off, I²C off: as after power-up. */
        | 'reset';
    }
  | { readonly kind: 'query-pin-state'; readonly pin: number }
  | { readonly kind: 'pin-mode'; readonly pin: number; readonly mode: number }
  | { readonly kind: 'write-digital'; readonly port: number; readonly bits: number }
  /** 14 bits. */
  | { readonly kind: 'write-analog'; readonly pin: number; readonly value: number }
  | { readonly kind: 'report-analog'; readonly channel: number; readonly on: boolean }
  | { readonly kind: 'report-digital'; readonly port: number; readonly on: boolean }
  | { readonly kind: 'sampling'; readonly everyMs: number }
  /** Microseconds of the shortest and of the longest pulse. */
  | { readonly kind: 'servo'; readonly pin: number; readonly minUs: number; readonly maxUs: number }
  /** Microseconds between writing a register's number and reading it. */
  | { readonly kind: 'i2c-config'; readonly delayUs: number }
  | { readonly kind: 'i2c-write'; readonly address: number; readonly bytes: Uint8Array }
  | {
      readonly kind: 'i2c-read';
      readonly address: number;
      /** Undefined reads on without naming one. */
      readonly register: number | undefined;
      readonly count: number;
    };

export type SimpleQuery = 'query-firmware' | 'query-capabilities' | 'query-analog-mapping';
