// A sensor that signs its readings and waits until they are on the gateway's disk.
// npm install mqtt; node signed-sensor.ts mqtts://gateway.local:8883 NAME PASSWORD authority.crt
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connectAsync } from 'mqtt';

const [url = '', name = '', password = '', authority = ''] = process.argv.slice(2);
const KEY_FILE = 'sensor-key.pem';
const SEQUENCE_FILE = 'sensor-sequence';
/** Sequences that one write of the file is good for. */
const RESERVED = 1_000;

if (!existsSync(KEY_FILE)) {
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(KEY_FILE, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
}
const privateKey = createPrivateKey(readFileSync(KEY_FILE));
// The last 32 bytes of a SubjectPublicKeyInfo (RFC 8410) are the key.
const key = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
console.log(`Put this into the options of the device: "key": "${key}"`);

let sequence = existsSync(SEQUENCE_FILE) ? Number(readFileSync(SEQUENCE_FILE, 'utf8')) : 0;
const nextSequence = (): number => {
  if (sequence % RESERVED === 0) writeFileSync(SEQUENCE_FILE, String(sequence + RESERVED));
  sequence += 1;
  return sequence - 1;
};

const signed = (readings: Readonly<Record<string, number>>): string => {
  const line = JSON.stringify({ key, sequence: nextSequence(), time: Date.now(), readings });
  const signature = sign(null, new TextEncoder().encode(`outpost-reading-json-v1\n${line}`), privateKey);
  return `${line}\n${signature.toString('hex')}`;
};

const client = await connectAsync(url, {
  clientId: name,
  username: name,
  password,
  protocolVersion: 4,
  ...(authority === '' ? {} : { ca: readFileSync(authority) }),
});
for (;;) {
  const temperature = Number(readFileSync('/sys/class/thermal/thermal_zone0/temp', 'utf8')) / 1_000;
  // Resolves with PUBACK: from here on the reading survives a power cut of the gateway.
  await client.publishAsync(`devices/${name}/readings`, signed({ 'Device.Temperature': temperature }), {
    qos: 1,
  });
  await delay(10_000);
}
