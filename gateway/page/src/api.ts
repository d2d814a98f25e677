import { asSentence } from '../../src/control/device-words.ts';

/** What the box answered, or one sentence of why not. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly words: string };

export interface Hello {
  readonly isClaimed: boolean;
  readonly isOwner: boolean;
}

/** Why the box said no, in its words. */
export const refusalWords = async (response: Response): Promise<string> => {
  const body = (await response.json().catch(() => undefined)) as { readonly error?: unknown } | undefined;
  return typeof body?.error === 'string' ? asSentence(body.error) : `The box answers ${response.status}.`;
};

const ask = async <T>(path: string, init: RequestInit): Promise<Answer<T>> => {
  try {
    const response = await fetch(path, { credentials: 'same-origin', ...init });
    return response.ok
      ? { ok: true, value: (await response.json()) as T }
      : { ok: false, status: response.status, words: await refusalWords(response) };
  } catch {
    return { ok: false, status: 0, words: 'The box does not answer. Is it on, and in this network?' };
  }
};

export const get = <T>(path: string): Promise<Answer<T>> => ask<T>(path, {});

/** The header is one that no form of another site can set. */
export const post = (path: string, body: unknown): Promise<Answer<unknown>> =>
  ask(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-outpost': '1' },
  });
