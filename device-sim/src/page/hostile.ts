import { encodeEvidence } from '@outpost/schemas/evidence';
import { SAMPLE_HEADER, sampleEpoch, sampleKey, sampleNumber } from '@outpost/schemas/testing';
import { concatBytes } from '@outpost/schemas/words';

/** What a device might say that wants to be a script in its owner's browser, short enough for a statement's fields. */
export const HOSTILE = '"><img src=x onerror=taken=1><script>taken=1</script>';

const COUNTS = { [HOSTILE]: 3 };

/** Every text of a status, but the ones that the box itself chooses among. */
export const hostileStatus = (): string =>
  JSON.stringify({
    version: HOSTILE,
    pid: 1,
    at: HOSTILE,
    startedAt: HOSTILE,
    upSeconds: 60,
    rssMebibytes: 80,
    dataDirectory: HOSTILE,
    gatewayKey: HOSTILE,
    keyKind: HOSTILE,
    clockTrust: HOSTILE,
    devices: [
      {
        name: HOSTILE,
        adapter: HOSTILE,
        port: `tcp://${HOSTILE}`,
        connected: true,
        remark: HOSTILE,
        status: { phase: HOSTILE, words: HOSTILE, facts: { [HOSTILE]: HOSTILE } },
        refusing: HOSTILE,
        happenings: [{ at: HOSTILE, what: HOSTILE, words: HOSTILE }],
        happened: COUNTS,
        untold: 0,
        tally: { items: 9, observed: 1, control: 1, quarantined: 1, dropped: COUNTS, port: COUNTS },
      },
    ],
    hears: { [HOSTILE]: [{ gateway: HOSTILE, frames: 1, devices: 1, lastFrameMs: 1, lastBeaconMs: 1 }] },
    downlinks: { [HOSTILE]: { given: 1, refused: 1 } },
    attached: [
      {
        address: `serial:///dev/${HOSTILE}`,
        certainty: 'known',
        couldBe: [HOSTILE],
        words: HOSTILE,
        device: '',
        sinceMs: 1,
      },
    ],
    broker: { state: HOSTILE, words: HOSTILE, addresses: [HOSTILE], enrolled: 1, tally: { counts: COUNTS } },
    record: { made: 9, kept: 6, waiting: 0, quarantined: 0, refused: COUNTS },
    journal: {
      start: '0',
      end: '9',
      bytes: 1,
      segments: 1,
      roomBytes: 1,
      damaged: 1,
      unread: { [HOSTILE]: 1e9 },
    },
    attest: { attestations: 1, readings: 1, unreadable: 1, keyless: 1 },
    store: {
      state: HOSTILE,
      words: HOSTILE,
      url: HOSTILE,
      database: HOSTILE,
      made: 3,
      stored: 1,
      deadLettered: 1,
      waiting: 1,
      rollup: HOSTILE,
    },
    networks: [
      {
        name: HOSTILE,
        kind: HOSTILE,
        url: `javascript:${HOSTILE}`,
        settled: 1,
        refused: 1,
        expired: 1,
        unknown: 1,
        withheld: 1,
        pending: 1,
        words: HOSTILE,
        refusal: HOSTILE,
      },
    ],
    tasks: [{ name: HOSTILE, state: 'waiting', restarts: 1, setAside: 1, lastWords: HOSTILE }],
  });

export const hostileRows = () => ({
  rows: [
    {
      at: '1',
      stream: HOSTILE,
      epoch: HOSTILE,
      counter: 1,
      readings: 1,
      firstSequence: 0,
      fromMs: 0,
      toMs: 1,
      clockTrust: HOSTILE,
      origin: HOSTILE,
      keyKind: HOSTILE,
    },
  ],
  before: '',
});

/** Signed as it should be, by somebody who wants to be a script. */
export const hostileEvidence = (): Uint8Array => {
  const [device, gateway] = [sampleKey(1), sampleKey(2)];
  const epoch = sampleEpoch({ device, gateway });
  const bodies = [
    sampleNumber(),
    { kind: 'text', signal: 1, text: HOSTILE, ecu: 0 },
    { kind: 'identity', of: 'vin', text: HOSTILE, ecu: 0 },
  ] as const;
  const { attestation, leaves } = epoch.next(bodies, { software: HOSTILE });
  return concatBytes(
    ...[
      SAMPLE_HEADER,
      { kind: 'attestation', bytes: attestation } as const,
      ...leaves.map((bytes) => ({ kind: 'leaf', bytes }) as const),
      { kind: 'note', text: HOSTILE } as const,
    ].map(encodeEvidence),
  );
};
