import { describe, expect, it } from 'vitest';
import { gradeAt } from './cycle.ts';
import { parsePlayBack } from './play-back.ts';

const words = (text: string): string => {
  const result = parsePlayBack(text, 'drive.csv');
  return result.ok ? 'accepted' : `${result.fault.kind}: ${result.fault.words}`;
};

describe('a play-back file', () => {
  it('becomes a cycle of one speed a second, whatever its spacing, header and separator', () => {
    const result = parsePlayBack(
      '\uFEFFtime,speed,grade\r\n# out\n10;0;0\n12;36;2\n\n14.5;36;2\n20;0;0\n',
      'drive.csv',
    );
    if (!result.ok) throw new Error(result.fault.words);
    const { durationS, speedsMps, distanceM, name } = result.value;
    expect([name, durationS]).toEqual(['drive.csv', 10]);
    expect([...speedsMps.subarray(0, 5)]).toEqual([0, 5, 10, 10, 10]);
    expect(speedsMps.at(-1)).toBe(0);
    // 10 m away, 25 m on and 27.5 m to a stop; the corner at 14.5 s is cut by less than half a metre.
    expect(Math.abs(distanceM - 62.5)).toBeLessThan(0.5);
    expect(gradeAt(result.value, 1.5)).toBeCloseTo(0.015, 9);
    expect(gradeAt(result.value, 3)).toBeCloseTo(0.02, 9);
  });

  it('has no grades when the road is level', () => {
    const result = parsePlayBack('0,0\n10,50\n20,0\n', 'drive.csv');
    expect(result.ok && result.value.grades === undefined && gradeAt(result.value, 5) === 0).toBe(true);
  });

  it.each([
    ['', 'the file needs two lines or more'],
    ['0,0\n', 'the file needs two lines or more'],
    ['0,0\n10,x\n', 'line 2 is not time in s, speed in km/h'],
    ['0,0\n10,20,1,5\n', 'line 2 is not time in s'],
    ['time,speed\nmore,names\n', 'line 2 is not time in s'],
    ['0,0\n10,20\n10,0\n', 'line 3 has the time 10 s, which is not after 10 s.'],
    ['0,0\n10,300\n', 'line 2 has a speed of 300 km/h; it must be from 0 to 250.'],
    ['0,0\n10,-1\n', 'line 2 has a speed of -1 km/h'],
    ['-5,0\n10,20\n', 'line 1 has a time before 0.'],
    ['0,0\n90000,0\n', 'line 2 has a time beyond 86400 s, which is a day.'],
    ['0,0,45\n10,0\n', 'line 1 has a grade of 45 %; it must be from -30 to 30.'],
    ['0,0\n1,100\n10,0\n', 'line 2 changes the speed by 27.8 m/s²; no car on a road does more than 10.'],
    ['0,20\n10,0\n', 'the drive begins at 20 km/h in line 1; let it begin and end at 0.'],
    ['0,0\n10,20\n', 'the drive ends at 20 km/h in line 2; let it begin and end at 0.'],
    ['0,0\n10,0\n', 'the car never moves in this file.'],
  ])('is refused with one sentence: %j', (text, sentence) => {
    expect(words(text)).toMatch(/^misconfigured: /);
    expect(words(text)).toContain(sentence);
  });
});
