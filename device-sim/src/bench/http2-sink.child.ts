/** An HTTP/2 server in a process of its own that takes whatever comes and says nothing. Says where it listens. */
import { createServer } from 'node:http2';

const server = createServer();
server.on('stream', (stream) => {
  stream.on('error', () => undefined);
  stream.respond({ ':status': 200 });
  stream.resume();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
