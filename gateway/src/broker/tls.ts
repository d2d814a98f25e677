import { constants } from 'node:crypto';
import { createServer, type TLSSocket } from 'node:tls';
import { ok, type Result } from '@outpost/schemas/words';
import { keyHashOf, type ServerCertificate, serverCertificate } from './authority.ts';
import { CONNECT_TIMEOUT_MS } from './limits.ts';
import { type Listener, type ListenParts, listenWith, SOCKET_OPTIONS } from './listener.ts';

/** How often the certificate is looked at: the clock may be set, and the box may get another address. */
const LOOK_MS = 600_000;

const contextOf = ({ key, certificate, authority }: ServerCertificate) => ({
  key,
  cert: certificate,
  ca: authority,
  minVersion: 'TLSv1.2' as const,
  // Each connection shows its certificate anew, so that a revoked one has nothing to resume.
  secureOptions: constants.SSL_OP_NO_TICKET,
});

/** MQTT over TLS with a certificate of the box's own authority, and certificates of it for devices. */
export const openTls = async (parts: ListenParts): Promise<Result<Listener>> => {
  const { config, dataDirectory, clock, log, accept, count } = parts;
  if (config.tls === null) throw new Error('a listener was opened that is not configured');
  const { names, clientCertificates } = config.tls;
  const first = await serverCertificate(dataDirectory, names, clock);
  if (!first.ok) return first;
  const options = {
    ...SOCKET_OPTIONS,
    ...contextOf(first.value),
    requestCert: true,
    rejectUnauthorized: clientCertificates === 'required',
    handshakeTimeout: CONNECT_TIMEOUT_MS,
  };
  const server = createServer(options, (socket: TLSSocket) => {
    const certificate = socket.getPeerX509Certificate();
    if (certificate !== undefined && !socket.authorized) {
      count('certificate-refused');
      socket.destroy();
    } else accept(socket, certificate && keyHashOf(certificate));
  });
  server.on('tlsClientError', () => count('tls-failed'));
  const listener = await listenWith(server, 'mqtts', config.tls, config);
  if (!listener.ok) return listener;
  return ok({
    ...listener.value,
    tend: async (signal) => {
      for (;;) {
        await clock.sleep(LOOK_MS, signal);
        const now = await serverCertificate(dataDirectory, names, clock);
        if (!now.ok) log.fault(now.fault);
        else if (now.value.isNew) {
          server.setSecureContext(contextOf(now.value));
          log.line('notice', 'broker: its certificate is renewed.');
        }
      }
    },
  });
};
