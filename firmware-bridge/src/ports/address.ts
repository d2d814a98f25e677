import { type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';

const misconfigured = (where: string, words: string): { readonly ok: false; readonly fault: Fault } =>
  fail(fault('misconfigured', 'port.address', where, words));

/** The address as it may be shown: no user name, no password. */
export const whereOf = (address: URL): string => {
  if (address.username === '' && address.password === '') return address.href;
  const shown = new URL(address.href);
  shown.username = '';
  shown.password = '';
  return shown.href;
};

/** The same for text that is no URL: whatever stands before an `@` could be a password. */
export const withoutCredentials = (text: string): string => text.replace(/\/\/.*@/s, '//');

/** An address without its options, for complaints about those: an unknown one may hold a secret. */
const bare = (address: URL): string => whereOf(address).replace(/[?#].*$/s, '');

/** What an address of one scheme may contain besides what that scheme checks itself. */
export interface AddressRules {
  readonly example: string;
  /** Option names after `?`. */
  readonly options: readonly string[];
  /** `own`: the scheme looks at host and path itself. */
  readonly host: 'required' | 'none' | 'own';
}

/** The checks that all schemes share: host or path, no credentials, only known options, each once. */
export const checkShape = (address: URL, { example, options, host }: AddressRules): Result<void> => {
  const where = bare(address);
  const like = `write it like ${example}`;
  if (address.username !== '' || address.password !== '') {
    return misconfigured(where, `takes no user name or password; ${like}.`);
  }
  if (address.hash !== '') return misconfigured(where, `takes nothing after a #; ${like}.`);
  for (const name of new Set(address.searchParams.keys())) {
    if (!options.includes(name)) {
      const known = options.length === 0 ? 'there are none here' : `known are ${options.join(', ')}`;
      return misconfigured(where, `"${name}" is not an option of this address (${known}); ${like}.`);
    }
    if (address.searchParams.getAll(name).length > 1) {
      return misconfigured(where, `"${name}" is given more than once; ${like}.`);
    }
  }
  if (host === 'own') return ok(undefined);
  if (host === 'required') {
    if (address.hostname === '') return misconfigured(where, `has no host; ${like}.`);
    if (address.pathname !== '' && address.pathname !== '/') {
      return misconfigured(where, `takes nothing after the port number; ${like}.`);
    }
    return ok(undefined);
  }
  if (address.host !== '') {
    return misconfigured(where, `needs three slashes before the path, as in ${example}.`);
  }
  if (!address.pathname.startsWith('/') || address.pathname.length < 2) {
    return misconfigured(where, `has no absolute path; ${like}.`);
  }
  return pathOf(address) === undefined
    ? misconfigured(where, `has a broken % sequence in its path; ${like}.`)
    : ok(undefined);
};

/** The file path of a `scheme:///path` address; undefined where its percent signs make no sense. */
export const pathOf = (address: URL): string | undefined => {
  try {
    const path = decodeURIComponent(address.pathname);
    return path.includes('\0') ? undefined : path;
  } catch {
    return undefined;
  }
};

/** A complaint about one option's value. */
export const badOption = (
  address: URL,
  name: string,
  words: string,
): { readonly ok: false; readonly fault: Fault } => misconfigured(bare(address), `"${name}" ${words}.`);
