import { keyText } from '../keys/index.ts';
import type { Standing } from '../networks/dimo/standing.ts';
import type { Taken } from '../networks/dimo/statements-file.ts';

export type VehicleView = Standing;

export interface DimoView {
  readonly name: string;
  readonly address: string;
  readonly did: string;
  /** The gateway's key that the address is bound to; undefined where no binding holds, or of a key that was replaced. */
  readonly gatewayKey: Uint8Array | undefined;
  readonly isConfigured: boolean;
  /** What is wrong with the configuration of it. */
  readonly objection: string | undefined;
  readonly attests: boolean;
  readonly certificate: { readonly source: string; readonly goodUntil: string } | undefined;
  readonly quarantined: number;
  readonly vehicles: readonly VehicleView[];
}

export const dimoAddedLines = (
  name: string,
  address: string,
  gatewayKey: Uint8Array,
  directory: string,
): readonly string[] => [
  `address   ${address}`,
  `DID       did:ethr:137:${address}`,
  `bound to  ${keyText(gatewayKey)}`,
  `kept in   ${directory} (key, 0600; \`outpost keys export\` has it with all other keys)`,
  '',
  'DIMO lets in nobody by himself. What is left to do:',
  '  1. Ask DIMO for a connection licence and its client certificate (developer console, or its staff), or to mint this',
  '     address as an aftermarket device, whose certificate is then got and renewed by login.',
  '  2. In the app add the vehicle and connect it to that licence or device; note the vehicle’s token number.',
  '  3. Have DIMO attest the VIN: without its own VIN attestation no week is paid.',
  `  4. Add the network to the configuration, and look with \`outpost network dimo show ${name}\`:`,
  `     {"name": "${name}", "network": "dimo", "url": "https://din.dimo.zone:9443", "options": {`,
  '       "vehicles": {"car": 12345}, "certificate": {"file": "/etc/outpost/dimo.pem", "key": "/etc/outpost/dimo-key.pem"}}}',
];

/** A line for each, as much of its id as tells it from all others. */
export const statementLines = (
  rows: readonly (Taken & { readonly takenBack: boolean })[],
): readonly string[] => {
  if (rows.length === 0)
    return ['Nothing was attested yet; options.attest says what is to be, and where it is posted.'];
  return rows.map(
    ({ id, kind, device, time, takenBack }) =>
      `${id.slice(0, 16)}  ${time.slice(0, 19)}Z  ${kind.padEnd(8)}  ${device}${takenBack ? '  taken back' : ''}`,
  );
};

const certificateLine = ({ certificate, isConfigured }: DimoView): string => {
  if (certificate !== undefined)
    return `certificate  of ${certificate.source}, good until ${certificate.goodUntil.slice(0, 10)}`;
  return isConfigured ? 'certificate  none yet' : 'certificate  the network is not in the configuration yet';
};

export const vehicleLines = ({ device, did, streak, points, words }: VehicleView): readonly string[] => [
  `${device}  ${did}`,
  `  ${words}`,
  `  If nothing changes: ${streak.connected} connected weeks, ${points} of 3000 points for the streak.`,
];

export const dimoLines = (view: DimoView): readonly string[] => {
  const { address, did, gatewayKey, objection, attests, quarantined, vehicles, name } = view;
  return [
    `address      ${address}`,
    `DID          ${did}`,
    gatewayKey === undefined
      ? `bound to     no key that the gateway has now; run \`outpost network dimo add ${name}\``
      : `bound to     ${keyText(gatewayKey)}`,
    certificateLine(view),
    `attests      ${attests ? 'yes' : 'no (options.attest)'}`,
    `quarantined  ${quarantined} refused events`,
    ...(objection === undefined ? [] : [`configuration  ${objection}`]),
    ...(vehicles.length === 0 ? [] : ['', ...vehicles.flatMap(vehicleLines)]),
  ];
};
