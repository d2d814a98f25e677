import { connect } from 'node:net';
import { abortScope } from '../abort-scope.ts';
import type { PortContext } from '../port.ts';

/** A dongle on the own Wi-Fi accepts within a few milliseconds. */
const ANSWER_WITHIN_MS = 1_000;

/** Opens a connection and closes it again: no byte is written, whoever answers. */
export const acceptsConnection = (
  host: string,
  port: number,
  { clock, signal }: PortContext,
): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const timeout = abortScope(signal);
    const finish = (answered: boolean): void => {
      resolve(answered);
      timeout.release();
      timeout.abort();
      socket.destroy();
    };
    socket.once('connect', () => finish(true));
    socket.on('error', () => finish(false));
    clock.sleep(ANSWER_WITHIN_MS, timeout.signal).then(
      () => finish(false),
      () => finish(false),
    );
  });
