import { asciiText } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../../testing/rig.ts';
import { elm327Codec } from './codec.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import { type CarPlay, playCar } from './play-car.ts';
import { elm327Session } from './session.ts';

const PIDS = [0x05, 0x0c, 0x0d];

const rigOf = (play: Partial<CarPlay>): Rig => {
  const poll = PIDS.map((pid) => ({ pid, everyMs: 500 }));
  const session = elm327Session({ ...DEFAULT_OPTIONS, poll, parametersPerRequestMax: 1 });
  const ecus = new Map([[0x7e8, PIDS]]);
  const rig = createRig(elm327Codec, session, playCar({ latencyMs: 20, ecus, ...play }));
  rig.run(60_000);
  return rig;
};

const settings = (rig: Rig): readonly string[] =>
  rig.sent.map((bytes) => asciiText(bytes).trim()).filter((text) => /^AT(?:AT|ST)/.test(text));

const told = (rig: Rig): { readonly features: object; readonly words: string } => {
  const { report, words = '' } = rig.statuses.at(-1) ?? {};
  return { features: report?.features ?? {}, words };
};

describe('a chip that waits long after each answer', () => {
  it('is left alone where it ends a reply after the lines that it was told', () => {
    const rig = rigOf({ waitMs: 180 });
    expect(settings(rig)).toEqual(['ATAT1', 'ATST32']);
    expect(told(rig).words).not.toContain('ignores');
  });

  it('is told to adapt its waiting, which is measured', () => {
    const rig = rigOf({ waitMs: 180, adaptiveWaitMs: 12, countsLines: false });
    expect(settings(rig)).toEqual(['ATAT1', 'ATST32', 'ATAT2']);
    expect(told(rig).features).toMatchObject({ ATAT2: 'works', shorterATST: 'untried' });
  });

  it('is told to wait for less where it does not adapt', () => {
    const rig = rigOf({ waitMs: 180, obeysTimeout: true, countsLines: false });
    expect(settings(rig)).toEqual(['ATAT1', 'ATST32', 'ATAT2', 'ATST0E']);
    expect(told(rig).features).toMatchObject({ ATAT2: 'ignored', shorterATST: 'works' });
    expect(rig.said.filter(({ body }) => body.kind === 'number').length).toBeGreaterThan(200);
  });

  it('is named where it says OK and does nothing, with what that costs', () => {
    const rig = rigOf({ waitMs: 180, countsLines: false });
    expect(told(rig).features).toMatchObject({ ATAT2: 'ignored', shorterATST: 'ignored' });
    expect(told(rig).words).toContain('ignores ATAT and ATST: it is polled 5 times a second at most');
  });

  it('is believed where it says that it does not know the settings', () => {
    const rig = rigOf({ waitMs: 180, countsLines: false, at: { ATAT2: '?', ATST0E: '?' } });
    expect(told(rig).features).toMatchObject({ ATAT2: 'refused', shorterATST: 'refused' });
  });
});
