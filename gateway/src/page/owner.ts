import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail, fault, fromHex, ok, type Result, toHex } from '@outpost/schemas/words';
import { errorCode, writeWhole } from '../store/whole-file.ts';

/** Letters and digits that nobody mistakes for one another, 32 of them: 5 bits each. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const CODE_LETTERS = 10;
const SALT_BYTES = 16;
const DIGEST_BYTES = 32;
/** 32 MiB and about 0.1 s on a PC, a second on a small Pi: what a guess costs whoever stole the file. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

export const PASSWORD_LENGTH_MIN = 10;
export const PASSWORD_LENGTH_MAX = 256;

interface Kept {
  readonly salt: Uint8Array;
  readonly digest: Uint8Array;
}

/** The one who may see and change things by the page. There is no password until somebody has claimed the box. */
export interface Owner {
  /** To be typed by whoever stands before the box; undefined once it is claimed. */
  readonly claimCode: string | undefined;
  /** Sets the password, once. Faults are `refused`. */
  claim(code: string, password: string): Promise<Result<void>>;
  isPassword(password: string): Promise<boolean>;
}

const ownerPath = (dataDirectory: string): string => join(dataDirectory, 'page', 'owner.json');
const codePath = (dataDirectory: string): string => join(dataDirectory, 'page', 'claim-code.txt');

const digestOf = (password: string, salt: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, DIGEST_BYTES, COST, (error, digest) =>
      error === null ? resolve(digest) : reject(error),
    );
  });

const newCode = (): string => {
  const letters = [...randomBytes(CODE_LETTERS)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
  return `${letters.slice(0, CODE_LETTERS / 2)}-${letters.slice(CODE_LETTERS / 2)}`;
};

const load = async (path: string): Promise<Result<Kept | undefined>> => {
  try {
    const { salt, digest } = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    const kept = [salt, digest].map((hex) => (typeof hex === 'string' ? fromHex(hex) : undefined));
    const [saltBytes, digestBytes] = kept;
    if (saltBytes?.length === SALT_BYTES && digestBytes?.length === DIGEST_BYTES) {
      return ok({ salt: saltBytes, digest: digestBytes });
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ok(undefined);
  }
  const words = 'does not hold the page’s password any more; delete it to claim the box anew.';
  return fail(fault('misconfigured', 'page.owner', path, words));
};

const plain = (code: string): string => code.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');

const isSame = (a: string, b: string): boolean => {
  const [left, right] = [a, b].map((text) => new TextEncoder().encode(text));
  return (
    left !== undefined && right !== undefined && left.length === right.length && timingSafeEqual(left, right)
  );
};

const refused = (code: string, words: string) => fail(fault('refused', code, 'claim', words));

/**
 * The owner as the data directory knows them. Unclaimed, there is a code in `page/claim-code.txt`, which stays the same
 * over restarts and is gone with the claim.
 */
export const openOwner = async (dataDirectory: string): Promise<Result<Owner>> => {
  const path = ownerPath(dataDirectory);
  const loaded = await load(path);
  if (!loaded.ok) return loaded;
  let kept = loaded.value;
  let code: string | undefined;
  if (kept === undefined) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const before = await readFile(codePath(dataDirectory), 'utf8').catch(() => '');
    code = before.trim() === '' ? newCode() : before.trim();
    await writeWhole(codePath(dataDirectory), `${code}\n`);
  }
  let claiming = false;

  return ok({
    get claimCode() {
      return code;
    },
    claim: async (given, password) => {
      if (code === undefined || claiming) return refused('page.claimed', 'this box has an owner already.');
      if (!isSame(plain(given), plain(code))) {
        return refused('page.code', 'that is not the code that this box shows.');
      }
      if (password.length < PASSWORD_LENGTH_MIN || password.length > PASSWORD_LENGTH_MAX) {
        const words = `a password has ${PASSWORD_LENGTH_MIN} to ${PASSWORD_LENGTH_MAX} characters.`;
        return refused('page.password', words);
      }
      claiming = true;
      try {
        const salt = randomBytes(SALT_BYTES);
        const digest = await digestOf(password, salt);
        await writeWhole(path, `${JSON.stringify({ salt: toHex(salt), digest: toHex(digest) })}\n`);
        kept = { salt, digest };
        code = undefined;
        await rm(codePath(dataDirectory), { force: true });
        return ok(undefined);
      } finally {
        claiming = false;
      }
    },
    isPassword: async (password) => {
      if (kept === undefined || password.length > PASSWORD_LENGTH_MAX) return false;
      return timingSafeEqual(await digestOf(password, kept.salt), kept.digest);
    },
  });
};
