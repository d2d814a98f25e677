import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = '/usr/bin/openssl';

/** Whether OpenSSL's program is here, which makes the certificates of tests. */
export const hasOpenssl = (): boolean => spawnSync(PROGRAM, ['version']).error === undefined;

export interface TestAuthority {
  readonly ca: string;
  /** PEM files of a certificate for 127.0.0.1 and its key. */
  issue(name: string): { readonly cert: string; readonly key: string };
}

const openssl = (...args: readonly string[]): void => {
  const { status, stderr } = spawnSync(PROGRAM, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args[0]} failed: ${stderr}`);
};

const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'] as const;

/** An authority that lives for a day in a folder. */
export const makeTestAuthority = (folder: string): TestAuthority => {
  const at = (name: string): string => join(folder, name);
  const [ca, caKey] = [at('ca.pem'), at('ca.key')];
  openssl('req', '-x509', ...P256, '-subj', '/CN=test authority', '-days', '1', '-keyout', caKey, '-out', ca);
  return {
    ca,
    issue: (name) => {
      const file = (ending: string): string => at(`${name}.${ending}`);
      const [cert, key, request, extensions] = [file('pem'), file('key'), file('csr'), file('ext')] as const;
      writeFileSync(extensions, 'subjectAltName=IP:127.0.0.1\n');
      openssl('req', ...P256, '-subj', `/CN=${name}`, '-keyout', key, '-out', request);
      const signer = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '1'];
      openssl('x509', '-req', '-in', request, '-out', cert, '-extfile', extensions, ...signer);
      return { cert, key };
    },
  };
};
