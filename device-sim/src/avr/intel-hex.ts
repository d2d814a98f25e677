/** Length, address, type, data, checksum, each in hex digits behind a colon. */
const RECORD = /^:([0-9A-F]{2})([0-9A-F]{4})([0-9A-F]{2})((?:[0-9A-F]{2})*)([0-9A-F]{2})$/i;

const DATA = 0;
const END = 1;

const byteSum = (digits: string): number =>
  (digits.match(/../g) ?? []).reduce((sum, pair) => sum + Number.parseInt(pair, 16), 0) & 0xff;

/** A program image in Intel's hex format of up to 64 KiB. Throws where it is none: it comes with a package. */
export const readIntelHex = (text: string, sizeBytes: number): Uint8Array => {
  const image = new Uint8Array(sizeBytes).fill(0xff);
  for (const line of text.split(/\r?\n/).filter((each) => each !== '')) {
    const [, length = '', address = '', type = '', data = ''] = RECORD.exec(line) ?? [];
    const count = Number.parseInt(length, 16);
    if (count * 2 !== data.length || byteSum(line.slice(1)) !== 0)
      throw new Error(`No record of Intel's hex format: ${line}`);
    if (Number.parseInt(type, 16) === END) return image;
    if (Number.parseInt(type, 16) !== DATA) throw new Error(`A record that is not read here: ${line}`);
    const at = Number.parseInt(address, 16);
    if (at + count > sizeBytes) throw new Error('The program is larger than the chip.');
    for (let i = 0; i < count; i += 1) image[at + i] = Number.parseInt(data.slice(2 * i, 2 * i + 2), 16);
  }
  throw new Error('The program breaks off.');
};
