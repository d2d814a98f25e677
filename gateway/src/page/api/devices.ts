import { hostname } from 'node:os';
import {
  DEVICE_KINDS,
  type Enrolled,
  type EnrolRequest,
  enrol,
  enrolmentUrl,
  forScripts,
  placesOf,
  type Reach,
  reachOf,
  readEnrolments,
  revoke,
} from '../../broker/index.ts';
import { json, refusal, replyToFault } from '../http.ts';
import { type Api, type Routes, routesOf } from '../route.ts';

export interface DevicesParts {
  readonly dataDirectory: string;
  /** The status in JSON, which says where the broker listens. */
  status(): string;
}

const NAME = { type: 'string', minLength: 1, maxLength: 32 } as const;
const FILTERS = { type: 'array', items: { type: 'string', maxLength: 256 }, maxItems: 16 } as const;
const TEXT = { type: 'string' } as const;

const ENROLMENT = {
  name: TEXT,
  proof: {
    type: 'object',
    properties: { kind: { type: 'string', enum: ['password', 'certificate'] } },
    required: ['kind'],
  },
  topics: { type: 'array', items: TEXT },
  reads: { type: 'array', items: TEXT },
} as const;

export const DEVICES_API = {
  'GET /api/devices': {
    access: 'owner',
    words: 'Who may speak to the MQTT broker, and the kinds of devices that there are.',
    gives: {
      type: 'application/json',
      shape: {
        type: 'object',
        properties: {
          devices: {
            type: 'array',
            items: {
              type: 'object',
              properties: ENROLMENT,
              required: ['name', 'proof', 'topics', 'reads'],
            },
          },
          kinds: {
            type: 'array',
            items: { type: 'object', properties: { name: TEXT, words: TEXT }, required: ['name', 'words'] },
          },
        },
        required: ['devices', 'kinds'],
      },
    },
  },
  'POST /api/devices': {
    access: 'owner',
    words:
      'Lets a device speak to the MQTT broker, as `outpost devices add` does: gives what is to be typed into it, its secret this once.',
    body: {
      type: 'object',
      properties: {
        name: NAME,
        kind: { type: 'string', enum: DEVICE_KINDS.map(({ name }) => name) },
        proof: { type: 'string', enum: ['password', 'certificate', 'request'] },
        request: {
          type: 'string',
          maxLength: 8_192,
          description: 'PKCS #10 in PEM, of a key that the device keeps to itself',
        },
        topics: FILTERS,
        reads: FILTERS,
        anyClientId: { type: 'boolean', description: 'Its firmware makes up its client identifier' },
      },
      required: ['name'],
      additionalProperties: false,
    },
    gives: {
      type: 'application/json',
      shape: {
        type: 'object',
        properties: {
          ...ENROLMENT,
          server: { type: 'string', description: 'mqtts://gateway.local:8883; empty where there is none' },
          words: { type: 'string', description: "What stands in the device's way; empty where nothing does" },
          password: TEXT,
          key: TEXT,
          certificate: TEXT,
          authority: TEXT,
          url: { type: 'string', description: 'All of it in one line, as the QR code says it' },
          qr: { type: 'string', description: 'The QR code in block letters' },
        },
        required: ['name', 'proof', 'topics', 'reads', 'server', 'words'],
      },
    },
  },
  'POST /api/devices/revoke': {
    access: 'owner',
    words: 'Lets a device in no more; where it is connected, that ends at once.',
    body: { type: 'object', properties: { name: NAME }, required: ['name'], additionalProperties: false },
    gives: { type: 'application/json', shape: { type: 'object', properties: {} } },
  },
} as const satisfies Api;

/** Undefined where the two do not go together. */
const proofOf = (
  kind: 'password' | 'certificate' | 'request',
  pem: string | undefined,
): EnrolRequest['proof'] | undefined => {
  if (kind === 'request') return pem === undefined ? undefined : { kind, pem, where: 'request' };
  return pem === undefined ? { kind } : undefined;
};

const reach = (status: string, withTls: boolean): Reach => {
  const { broker } = JSON.parse(status) as { readonly broker?: { readonly addresses: readonly string[] } };
  return reachOf(broker === undefined ? null : placesOf(broker.addresses), hostname(), withTls);
};

const toldOf = async (enrolled: Enrolled, { url: server, words }: Reach) => {
  const { enrolment, password, certificate } = enrolled;
  const url = enrolmentUrl(enrolled, { url: server, words });
  return {
    ...forScripts(enrolment),
    server: server ?? '',
    words,
    ...(password === undefined ? {} : { password }),
    ...certificate,
    ...(url === undefined ? {} : { url, qr: (await import('../../cli/qr-text.ts')).qrText(url).trim() }),
  };
};

/** Who may speak to the broker, as `outpost devices` tells and changes it; a gateway that runs sees it in a moment. */
export const devicesRoutes = ({ dataDirectory, status }: DevicesParts): Routes =>
  routesOf(DEVICES_API, {
    'GET /api/devices': async () => {
      const read = await readEnrolments(dataDirectory);
      if (!read.ok) return replyToFault(read.fault);
      const kinds = DEVICE_KINDS.map(({ name, words }) => ({ name, words }));
      return json({ devices: [...read.value.values()].map(forScripts), kinds });
    },
    'POST /api/devices': async ({ body }) => {
      const {
        name,
        kind = 'plain',
        proof = 'password',
        request,
        topics = [],
        reads = [],
        anyClientId,
      } = body;
      const shown = proofOf(proof, request);
      if (shown === undefined)
        return refusal(422, 'a request goes with the proof "request", and with no other.');
      const enrolled = await enrol(dataDirectory, {
        name,
        kind,
        topics,
        reads,
        clientId: anyClientId === true ? null : undefined,
        proof: shown,
      });
      if (!enrolled.ok) return refusal(422, `${name}: ${enrolled.fault.words}`);
      return json(await toldOf(enrolled.value, reach(status(), proof !== 'password')));
    },
    'POST /api/devices/revoke': async ({ body: { name } }) => {
      const revoked = await revoke(dataDirectory, name);
      return revoked.ok ? json({}) : refusal(422, `${name}: ${revoked.fault.words}`);
    },
  });
