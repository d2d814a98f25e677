import { gwmpWire } from '@outpost/firmware-bridge/wires';
import { fromHex } from '@outpost/schemas/words';
import { frameHeard } from '../devices/gwmp/testing.ts';
import type { Random } from '../random/sfc32.ts';

/** What is done to a datagram before it is sent. */
export const DAMAGES = ['none', 'bytes', 'cut', 'joined', 'values', 'structure', 'noise', 'header'] as const;
export type Damage = (typeof DAMAGES)[number];

const text = (json: string): Uint8Array => new TextEncoder().encode(json);

const FRAME =
  '{"jver":1,"tmst":3512348611,"time":"2024-05-31T16:21:17.528002Z","tmms":1401207695528,"ftime":52,"chan":2,"rfch":0,"freq":866.349812,"mid": 3,"stat":1,"modu":"LORA","datr":"SF7BW125","codr":"4/6","rssis":-36,"lsnr":5.1,"foff":-133,"rssi":-35,"size":3,"data":"AQID"}';
const FSK = '{"tmst":7,"freq":869.1,"stat":1,"modu":"FSK","datr":50000,"rssi":-75,"size":3,"data":"-_-_"}';
const LR_FHSS =
  '{"tmst":9,"freq":868.3,"stat":-1,"modu":"LR-FHSS","datr":"M0CW137","codr":"2/3","hpw":"8","rssi":-101.0,"lsnr":null,"size":1,"data":"QA"}';
const ANTENNAS =
  '{"jver":2,"tmst":1000000,"freq":868.3,"aesk":7,"brd":2,"rfch":3,"stat":1,"modu":"LORA","datr":"SF12BW500","codr":"4/5","size":5,"data":"AQIDBAU=","rsig":[{"ant":8,"chan":9,"lsnr":6.6,"etime":"AgMEBQ==","rssic":-70},{"ant":9,"chan":10,"lsnr":7.7,"rssic":-80}]}';
const STAT =
  '{"time":"2024-05-31 16:21:17 GMT","lati":46.24000,"long":3.25230,"alti":145,"rxnb":2,"rxok":2,"rxfw":2,"ackr":100.0,"dwnb":2,"txnb":2,"temp":31.5,"desc":"caf\u00e9"}';

/** Bodies of PUSH_DATA. */
const BODIES: readonly string[] = [
  `{"rxpk":[${FRAME}]}`,
  `{"rxpk":[${FRAME},${FSK},${LR_FHSS},${ANTENNAS}],"stat":${STAT}}`,
  `{"stat":${STAT}}`,
  `{"rxpk":[${ANTENNAS}]}\u0000`,
  `{ "rxpk" : [ ${FSK} , ${FRAME} ] }`,
  `{"rxpk":[${Array(20).fill(FSK).join()}]}`,
];

/** What may stand where a value stood. */
const VALUES: readonly string[] = [
  'null',
  'true',
  '-0',
  '1e999',
  '1e-999',
  '4294967296',
  '-1',
  '9007199254740993',
  '""',
  '"-35"',
  '"NaN"',
  'NaN',
  '[]',
  '{}',
  '[[[[[[[[[[[[]]]]]]]]]]]]',
  '{"__proto__":{"data":"AQID"}}',
  '"SF12BW500"',
  '"M0CW1523"',
  '"\\ud800"',
  '"9999-99-99T99:99:99Z"',
  '"2024-02-30T00:00:00.1234567890Z"',
  '0.1e2',
];

const MARKS = ['{', '}', '[', ']', ',', ':', '"', '\\', '\u0000', ' ', '{"rxpk":[', '"stat":'] as const;

export const pick = <T>(chance: Random, list: readonly T[]): T => {
  const value = list[chance.whole(list.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
};

/** Another value for some member. */
const otherValues = (chance: Random, json: string): string => {
  let left = json;
  for (let times = 1 + chance.whole(3); times > 0; times -= 1) {
    const at = left.indexOf(':', chance.whole(left.length));
    if (at < 0) continue;
    const end = /[,}\]]/.exec(left.slice(at + 1))?.index ?? 0;
    left = `${left.slice(0, at + 1)}${pick(chance, VALUES)}${left.slice(at + 1 + end)}`;
  }
  return left;
};

/** Brackets, quotes and names where none should be, or none where they should. */
const otherStructure = (chance: Random, json: string): string => {
  let left = json;
  for (let times = 1 + chance.whole(4); times > 0; times -= 1) {
    const at = chance.whole(left.length + 1);
    left = `${left.slice(0, at)}${pick(chance, MARKS)}${left.slice(at + chance.whole(3))}`;
  }
  return left;
};

const spoilBytes = (chance: Random, bytes: Uint8Array): Uint8Array => {
  for (let times = 1 + chance.whole(6); times > 0; times -= 1) {
    const at = chance.whole(bytes.length);
    bytes[at] = chance.whole(4) === 0 ? chance.whole(256) : (bytes[at] ?? 0) ^ (1 << chance.whole(8));
  }
  return bytes;
};

const ID = gwmpWire.ID;

/** A datagram as a gateway would send it, whole. */
const wholeOf = (chance: Random, from: gwmpWire.From, json: string): Uint8Array => {
  const kind = chance.whole(8);
  if (kind === 0) return gwmpWire.gatewayDatagram(from, ID.pullData);
  if (kind === 1) {
    const error = pick(chance, [
      '',
      '{"txpk_ack":{"error":"TOO_LATE"}}',
      '{"txpk_ack":{"warn":"TX_POWER","value":20}}',
      '\u0000',
    ]);
    return gwmpWire.gatewayDatagram(from, ID.txAck, text(error));
  }
  if (kind === 2) {
    const frames = [{ bodies: [frameHeard(chance.uint32())] }];
    return gwmpWire.writePush({ from, frames, simulated: chance.whole(2) === 0 });
  }
  return gwmpWire.gatewayDatagram(from, ID.pushData, text(json));
};

/** One datagram, and what was done to it. */
export const drawDatagram = (
  chance: Random,
  from: gwmpWire.From,
): { readonly bytes: Uint8Array; readonly damage: Damage } => {
  const damage = pick(chance, DAMAGES);
  const body = pick(chance, BODIES);
  switch (damage) {
    case 'none':
      return { damage, bytes: wholeOf(chance, from, body) };
    case 'bytes':
      return { damage, bytes: spoilBytes(chance, wholeOf(chance, from, body)) };
    case 'cut': {
      const bytes = wholeOf(chance, from, body);
      return { damage, bytes: bytes.slice(0, chance.whole(bytes.length)) };
    }
    case 'joined': {
      const joined = body.slice(0, chance.whole(body.length)) + pick(chance, BODIES).slice(chance.whole(60));
      return { damage, bytes: gwmpWire.gatewayDatagram(from, ID.pushData, text(joined)) };
    }
    case 'values':
      return { damage, bytes: gwmpWire.gatewayDatagram(from, ID.pushData, text(otherValues(chance, body))) };
    case 'structure':
      return {
        damage,
        bytes: gwmpWire.gatewayDatagram(from, ID.pushData, text(otherStructure(chance, body))),
      };
    case 'noise':
      return { damage, bytes: chance.bytes(1 + chance.whole(48)) };
    case 'header': {
      const bytes = wholeOf(chance, from, body);
      bytes[chance.whole(Math.min(12, bytes.length))] = chance.whole(256);
      return { damage, bytes };
    }
  }
};

export const euiNamed = (n: number): string => `b827ebfffe${n.toString(16).padStart(6, '0')}`;
export const PHY: Uint8Array = fromHex('60f17dbe4920020001f9d65d27') ?? new Uint8Array();
