/** Watches the bytes of one MQTT connection. */
export interface LengthWatch {
  /** False as soon as a packet announces more than is allowed, or a length that is none. */
  admit(chunk: Uint8Array): boolean;
}

const LENGTH_BYTES_MAX = 4;

/**
 * Reads nothing but fixed headers (MQTT 3.1.1 §2.2): one byte of type, then the remaining length in 7-bit groups. A
 * parser that gathers a packet before anyone asks how long it is can be made to hold 256 MiB by five bytes.
 */
export const watchLengths = (packetMaxBytes: number): LengthWatch => {
  /** Bytes of the current packet's body still to come; 0 while a header is read. */
  let bodyBytes = 0;
  let header = 0;
  let length = 0;

  const digit = (byte: number): boolean => {
    length += (byte & 0x7f) * 128 ** (header - 1);
    header += 1;
    if ((byte & 0x80) !== 0) return header <= LENGTH_BYTES_MAX;
    bodyBytes = length;
    header = 0;
    length = 0;
    return bodyBytes <= packetMaxBytes;
  };

  return {
    admit: (chunk) => {
      let at = 0;
      while (at < chunk.length) {
        if (bodyBytes > 0) {
          const taken = Math.min(bodyBytes, chunk.length - at);
          bodyBytes -= taken;
          at += taken;
          continue;
        }
        const byte = chunk[at] ?? 0;
        at += 1;
        if (header === 0) header = 1;
        else if (!digit(byte)) return false;
      }
      return true;
    },
  };
};
