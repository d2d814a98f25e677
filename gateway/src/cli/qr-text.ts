import { renderUnicodeCompact } from 'uqr';

/** A QR code in block letters, dark on light, whatever the colours of the terminal. */
export const qrText = (text: string): string => `\n${renderUnicodeCompact(text)}`;
