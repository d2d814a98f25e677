import type { Channel } from './channel.ts';

/** Something that was written, on one of the streams of a connection. */
export interface Written {
  settle(isThere: boolean): void;
  /** The server leaves and cannot be asked: to end the stream is the way to know that everything on it is there. */
  finish(): void;
}

/** Which of what was written the other side has: everything that was the kernel's before a PING that it echoes. */
export interface Confirmations {
  /** To be called once the bytes are the kernel's. */
  take(written: Written): void;
}

export interface ConfirmationsParts {
  readonly channel: Pick<Channel, 'ping'>;
  /** Whether PINGs confirm what was sent; else what the kernel has counts as there. */
  confirms(): boolean;
}

/** One PING at a time for all streams of a connection; what is written meanwhile waits for the next. */
export const createConfirmations = ({ channel, confirms }: ConfirmationsParts): Confirmations => {
  let open: Written[] = [];
  let isAsking = false;

  const ask = async (): Promise<void> => {
    while (open.length > 0) {
      const asked = open;
      open = [];
      const answer = confirms() ? await channel.ping() : 'there';
      for (const each of asked) {
        if (answer === 'leaving') each.finish();
        else each.settle(answer === 'there');
      }
    }
    isAsking = false;
  };

  return {
    take: (written) => {
      open.push(written);
      if (isAsking) return;
      isAsking = true;
      // The streams that one write to the socket carried are told one after the other.
      setImmediate(() => void ask());
    },
  };
};
