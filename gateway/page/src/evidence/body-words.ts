import { signalById } from '@outpost/schemas/vehicle';
import { type Body, toHex } from '@outpost/schemas/words';
import { titleOf, unitSign, valueText } from '../say.ts';

/** A reading as a person reads it. */
export interface BodyWords {
  readonly title: string;
  readonly value: string;
}

const numberWords = ({ signal, mantissa }: Body & { readonly kind: 'number' }): BodyWords => {
  const row = signalById(signal);
  if (row === undefined) return { title: `Signal ${signal}`, value: String(mantissa) };
  const value = mantissa / 10 ** row.decimals;
  const sign = unitSign(row.unit);
  const words = valueText({ name: row.name, value });
  return { title: titleOf(row.name), value: sign === '' ? words : `${words} ${sign}` };
};

export const degreesText = (latitude: number, longitude: number): string =>
  `${(latitude / 1e7).toFixed(5)}°, ${(longitude / 1e7).toFixed(5)}°`;

const megahertz = (hertz: number | undefined): string =>
  hertz === undefined ? '' : `, ${(hertz / 1e6).toFixed(3)} MHz`;

const deci = (value: number | undefined, sign: string): string =>
  value === undefined ? '' : `, ${(value / 10).toFixed(1)} ${sign}`;

/** What a reading says; the raw frame stands beside it for whoever wants to know exactly. */
export const bodyWords = (body: Body): BodyWords => {
  switch (body.kind) {
    case 'number':
      return numberWords(body);
    case 'text':
      return { title: titleOf(signalById(body.signal)?.name ?? `Signal ${body.signal}`), value: body.text };
    case 'codes':
      return {
        title: `Trouble codes, ${body.status}`,
        value: body.codes.length === 0 ? 'none' : body.codes.join(' '),
      };
    case 'identity':
      return { title: `Identity, ${body.of}`, value: body.text };
    case 'position':
      return { title: `Position, ${body.fix} fix`, value: degreesText(body.latitude, body.longitude) };
    case 'reception':
      return {
        title: body.direction === 'heard' ? 'Radio frame heard' : 'Radio frame sent',
        value: `${body.phy.length} bytes${megahertz(body.frequencyHz)}${deci(body.rssiDeciDbm, 'dBm')}${deci(body.snrDeciDb, 'dB')}`,
      };
    case 'anchor':
      return { title: 'The clock, as the box believed it', value: `trust: ${body.anchor.trust}` };
    case 'gap':
      return {
        title: 'Something is missing here',
        value: `${body.reason}, ${body.count === 0 ? 'nobody knows how many' : body.count} readings`,
      };
    case 'trip':
      return { title: 'A trip ended', value: `${(body.distanceM / 1000).toFixed(2)} km` };
    case 'redacted':
      return { title: 'Kept private', value: `${body.what}: ${body.reason}` };
  }
};

/** Bytes in groups, for eyes. */
export const hexText = (bytes: Uint8Array): string => toHex(bytes).replace(/(.{4})(?!$)/g, '$1 ');
