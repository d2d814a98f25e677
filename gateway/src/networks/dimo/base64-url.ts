import { asciiBytes, asciiText } from '@outpost/schemas/words';

/** Base64 for URLs without padding (RFC 4648 §5). */
export const base64Url = (bytes: Uint8Array): string =>
  btoa(asciiText(bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Undefined where the text is not exactly what `base64Url` would have written. */
export const fromBase64Url = (text: string): Uint8Array | undefined => {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = asciiBytes(atob(text.replaceAll('-', '+').replaceAll('_', '/')));
  return base64Url(bytes) === text ? bytes : undefined;
};
