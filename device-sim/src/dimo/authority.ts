import { createSign, createVerify, generateKeyPairSync, randomBytes } from 'node:crypto';
import { dimoWire, issueForRequest, type KeyAndCertificate } from '@outpost/gateway';
import { asciiBytes, fromHex, toHex } from '@outpost/schemas/words';

// DIMO's login (a challenge signed by ERC-191, answered with a JSON Web Token in RS256) and its certificate authority
// (step-ca, /1.0/sign), as far as a device meets them.

export interface AuthorityParts {
  readonly root: KeyAndCertificate;
  readonly tokenSeconds: number;
  readonly certificateDays: number;
  nowMs(): number;
}

/** What a form or a JSON body is answered with. */
export interface Told {
  readonly status: number;
  readonly body: object;
}

export interface Authority {
  challenge(form: URLSearchParams): Told;
  submit(form: URLSearchParams): Told;
  sign(body: Uint8Array): Promise<Told>;
  /** The address of whoever a token was given to; undefined where it is none of ours or its time is over. */
  holderOf(token: string): string | undefined;
  readonly logins: number;
  readonly certificates: number;
}

const CHALLENGES_MAX = 1_000;
const DAY_MS = 86_400_000;

const base64Url = (text: string): string =>
  btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const fromBase64Url = (text: string): string => atob(text.replaceAll('-', '+').replaceAll('_', '/'));

const refused = (error: string): Told => ({ status: 400, body: { error } });

interface Claims {
  readonly ethereum_address: string;
  readonly iat: number;
  readonly exp: number;
}

const newPair = () => generateKeyPairSync('rsa', { modulusLength: 2_048 });

const openTokens = ({ tokenSeconds, nowMs }: AuthorityParts) => {
  let made: ReturnType<typeof newPair> | undefined;
  // Takes a tenth of a second, which who needs no token does not wait for.
  const keys = (): ReturnType<typeof newPair> => {
    made ??= newPair();
    return made;
  };
  return {
    give: (address: string): string => {
      const iat = Math.floor(nowMs() / 1_000);
      const claims = { iss: 'dimo-node', ethereum_address: address, iat, exp: iat + tokenSeconds };
      const head = `${base64Url('{"alg":"RS256","typ":"JWT"}')}.${base64Url(JSON.stringify(claims))}`;
      return `${head}.${createSign('RSA-SHA256').update(head).sign(keys().privateKey, 'base64url')}`;
    },
    read: (token: string): Claims | undefined => {
      const [header = '', payload = '', signature = ''] = token.split('.');
      const isOurs = createVerify('RSA-SHA256')
        .update(`${header}.${payload}`)
        .verify(keys().publicKey, signature, 'base64url');
      if (!isOurs) return undefined;
      const claims = JSON.parse(fromBase64Url(payload)) as Claims;
      return claims.exp * 1_000 > nowMs() ? claims : undefined;
    },
  };
};

export const openAuthority = (parts: AuthorityParts): Authority => {
  const tokens = openTokens(parts);
  const challenges = new Map<string, { readonly address: string; readonly challenge: string }>();
  const counts = { logins: 0, certificates: 0 };

  const holderOf = (token: string): string | undefined => tokens.read(token)?.ethereum_address;

  return {
    get logins() {
      return counts.logins;
    },
    get certificates() {
      return counts.certificates;
    },
    holderOf,
    challenge: (form) => {
      const address = dimoWire.checksummed(form.get('address') ?? '');
      const isWhole = form.get('client_id') && form.get('domain') && form.get('response_type') === 'code';
      if (address === undefined || !isWhole || form.get('scope') !== 'openid email')
        return refused('invalid_request');
      const state = toHex(randomBytes(12));
      const challenge = `${form.get('domain')} is asking you to please verify ownership of ${address} by signing this random string: ${toHex(randomBytes(16))}`;
      if (challenges.size >= CHALLENGES_MAX) challenges.clear();
      challenges.set(state, { address, challenge });
      return { status: 200, body: { state, challenge } };
    },
    submit: (form) => {
      const state = form.get('state') ?? '';
      const open = challenges.get(state);
      challenges.delete(state);
      const signature = fromHex((form.get('signature') ?? '').replace(/^0x/, ''));
      if (open === undefined || signature === undefined || form.get('grant_type') !== 'authorization_code')
        return refused('invalid_grant');
      const digest = dimoWire.erc191Digest(asciiBytes(open.challenge));
      if (dimoWire.signerOf(digest, signature) !== open.address) return refused('invalid_grant');
      counts.logins += 1;
      return { status: 200, body: { access_token: tokens.give(open.address), token_type: 'bearer' } };
    },
    sign: async (body) => {
      try {
        const { csr, ott } = JSON.parse(new TextDecoder().decode(body)) as { csr: string; ott: string };
        const holder = holderOf(ott);
        if (holder === undefined) return { status: 401, body: { message: 'the token is not valid' } };
        const notAfter = new Date(parts.nowMs() + parts.certificateDays * DAY_MS);
        const issued = await issueForRequest(
          parts.root,
          { kind: 'device', name: holder, notAfter },
          csr,
          'dimo node',
        );
        if (!issued.ok) return { status: 403, body: { message: issued.fault.words } };
        counts.certificates += 1;
        return { status: 201, body: { crt: issued.value, ca: parts.root.certificate } };
      } catch {
        return { status: 400, body: { message: 'the request does not read' } };
      }
    },
  };
};
