import type { Guess } from './usb-ids.ts';

/** What a USB device says of itself. Ids are four lower-case hex digits. */
export interface UsbIdentity {
  readonly vendorId: string;
  readonly productId: string;
  readonly serialNumber: string | undefined;
  readonly manufacturer: string | undefined;
  readonly product: string | undefined;
}

interface Something {
  /** `known`: by its name or address. `possible`: the chip or address fits. `seen`: it is there, no more. */
  readonly certainty: 'known' | 'possible' | 'seen';
  readonly couldBe: readonly Guess[];
  /** One line for people. */
  readonly words: string;
}

export interface FoundSerial extends Something {
  readonly kind: 'serial';
  /** For the configuration; the stable path where there is one. */
  readonly address: string;
  readonly path: string;
  /** Below /dev/serial/by-id: stays the same over replugging and restarts. */
  readonly stablePath: string | undefined;
  readonly usb: UsbIdentity | undefined;
}

export interface FoundNetwork extends Something {
  readonly kind: 'network';
  /** Undefined where nobody knows which port to speak to. */
  readonly address: string | undefined;
  readonly host: string;
  readonly mac: string | undefined;
}

export type Found = FoundSerial | FoundNetwork;
