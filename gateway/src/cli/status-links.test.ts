import { describe, expect, it } from 'vitest';
import { healthOf } from '../control/health.ts';
import { type Status, statusJson } from '../control/status.ts';
import type { NetworkLink } from '../networks/contract.ts';
import { statusLines } from './status-text.ts';

const up = (name: string): NetworkLink => ({
  name,
  state: 'registered',
  words: '',
  sent: 12,
  lastHeardAt: '2026-11-24T15:00:00.000Z',
});

const REFUSED: NetworkLink = {
  name: '0016c001ff10a235',
  state: 'refused',
  words: 'router: ended the stream at the registration.',
  sent: 0,
  lastHeardAt: undefined,
};

const statusWith = (links: readonly NetworkLink[]): Status => {
  const network = { name: 'helium', settled: 3, refused: 0, expired: 0, unknown: 0, withheld: 0, words: '' };
  return {
    ...{ devices: [], tasks: [], broker: undefined, attached: [], at: '' },
    networks: [{ ...network, pending: 0, links }],
    record: { refused: {}, tally: {} },
    journal: { unread: {} },
    attest: {},
    store: {},
  } as unknown as Status;
};

const linesOf = (links: readonly NetworkLink[]): readonly string[] => {
  const lines = statusLines(statusWith(links));
  return lines.slice(lines.findIndex((line) => line.startsWith('  helium')) + 1);
};

describe('the gateways of a network in the status', () => {
  it('stand each in a line of its own, those in trouble first, with the reason', () => {
    expect(linesOf([up('0016c001ff10a236'), REFUSED])).toEqual([
      '    0016c001ff10a235: refused: router: ended the stream at the registration. · 0 sent',
      '    0016c001ff10a236: registered · 12 sent, the last heard at 2026-11-24T15:00:00.000Z',
    ]);
  });

  it('are not all told where there are many, but counted', () => {
    const lines = linesOf(Array.from({ length: 20 }, (_, at) => up(`0016c001ff10a2${10 + at}`)));
    expect(lines).toHaveLength(9);
    expect(lines.at(-1)).toBe('    and 12 more; --json shows all');
  });

  it('are all in the answer for scripts, as they are at that moment', () => {
    let sent = 0;
    const link = {
      ...up('a'),
      get sent() {
        return sent;
      },
    };
    const status = statusWith([link]);
    sent = 7;
    const read = JSON.parse(statusJson(status)) as { networks: { links: unknown[] }[] };
    expect(read.networks[0]?.links).toEqual([{ ...up('a'), sent: 7 }]);
  });

  it('are told apart in the health where the router will not have one', () => {
    const said = healthOf(statusWith([up('0016c001ff10a236'), REFUSED])).map(({ words }) => words);
    expect(said).toContain(
      'It does not take gateway 0016c001ff10a235: router: ended the stream at the registration.',
    );
    expect(said.filter((words) => words.includes('does not take gateway'))).toHaveLength(1);
  });
});
