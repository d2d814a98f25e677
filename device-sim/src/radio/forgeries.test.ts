import { gwmpWire } from '@outpost/firmware-bridge/wires';
import { describe, expect, it } from 'vitest';
import { forgedBytes, forgeriesUntil, strangerEui } from './forgeries.ts';

const victims = [
  { eui: '0016c00100000001', seed: 1 },
  { eui: '0016c00100000002', seed: 2 },
];

describe('forged datagrams', () => {
  it('come in the name of each gateway, as often as they should, each of them once', () => {
    const all = forgeriesUntil('tx-ack', victims, 10, [0, 600e6]);
    expect(all.filter(({ eui }) => eui === victims[0]?.eui)).toHaveLength(60);
    const parts = [0, 1, 2].flatMap((i) =>
      forgeriesUntil('tx-ack', victims, 10, [i * 200e6, (i + 1) * 200e6]),
    );
    expect(parts).toEqual(all);
  });

  it('are what the gateway itself would send', () => {
    const [pull] = forgeriesUntil('pull-data', victims, 10, [0, 20e6]);
    const [ack] = forgeriesUntil('tx-ack', victims, 10, [0, 20e6]);
    if (pull === undefined || ack === undefined) throw new Error('nothing is forged');
    const eventOf = (bytes: Uint8Array) => {
      const [item] = gwmpWire.gwmpCodec.event.decode(bytes);
      return item?.result.ok === true ? item.result.value : undefined;
    };
    const fromOf = ({ eui, token }: typeof pull) => ({ version: 2, eui, token });
    expect(eventOf(forgedBytes(pull))).toMatchObject({ kind: 'pull', from: fromOf(pull) });
    expect(eventOf(forgedBytes(ack))).toMatchObject({ kind: 'tx-ack', from: fromOf(ack) });
    const heard = { kind: 'heard', simulated: true, bodies: [{ kind: 'reception', direction: 'heard' }] };
    const push = { ...pull, kind: 'push-data' } as const;
    expect(eventOf(forgedBytes(push))).toMatchObject({ ...heard, from: fromOf(push) });
    const own = { ...fromOf(push), eui: strangerEui(push.eui) };
    expect(eventOf(forgedBytes({ ...push, kind: 'stranger' }))).toMatchObject({ ...heard, from: own });
  });
});
