import { evidenceReader, openVerification } from '@outpost/schemas/evidence';
import type { FromVerifier, ToVerifier } from './verifier.ts';

/** What of a worker's own side is used here; the page's types are those of a window. */
interface Side {
  onmessage: ((event: { readonly data: ToVerifier }) => void) | null;
  postMessage(message: FromVerifier): void;
}

const side = globalThis as unknown as Side;

/** Beside the page, so that it moves on while signatures are checked. One verification in its life. */
const listen = (): void => {
  const reader = evidenceReader();
  let verification: ReturnType<typeof openVerification> | undefined;
  let [attestations, readings] = [0, 0];
  side.onmessage = ({ data }) => {
    if (data.kind === 'begin') {
      verification = openVerification(data.key === undefined ? {} : { key: data.key });
      return;
    }
    if (data.kind === 'bytes') {
      for (const item of reader.push(data.bytes)) {
        if (item.ok && item.value.kind === 'attestation') attestations += 1;
        if (item.ok && item.value.kind === 'leaf') readings += 1;
        verification?.take(item);
      }
      side.postMessage({ kind: 'taken', attestations, readings });
      return;
    }
    const end = reader.end();
    if (!end.ok) verification?.take(end);
    if (verification !== undefined) side.postMessage({ kind: 'report', report: verification.finish() });
  };
};

listen();
