import type { Attack, AttackContext, Finding } from './contract.ts';
import { enter, idOf, pingMs } from './line.ts';

/** Identifiers that a table without care takes for something of its own. */
const HOSTILE = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '$SYS', '../x', 'é'.repeat(500)];

interface Claim {
  readonly words: string;
  readonly clientId: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

const claimsOn = ({ target }: AttackContext): readonly Claim[] => {
  const clientId = idOf(target);
  const user = target.account?.user;
  return [
    { words: 'nobody', clientId, user: undefined, password: undefined },
    { words: 'a wrong password', clientId, user, password: 'guess' },
    { words: 'no password', clientId, user, password: undefined },
    { words: 'another name', clientId, user: `${user}x`, password: target.account?.password ?? '' },
    ...HOSTILE.map((id) => ({
      words: 'a hostile identifier',
      clientId: id,
      user: undefined,
      password: undefined,
    })),
    ...HOSTILE.map((id) => ({ words: 'a hostile name', clientId, user: id, password: 'guess' })),
  ];
};

/** Who is connected must not be pushed out by somebody who only knows the identifier (MQTT 3.1.1 §3.1.4). */
export const idCollision: Attack = {
  description: 'CONNECT with the client identifier of who is connected, and with hostile ones',
  needsAccount: true,
  run: async (context) => {
    const { line: victim, code } = await enter(context);
    const findings: Finding[] = [
      { what: 'The account is let in', holds: code === 0, saw: `return code ${code}` },
    ];
    const admitted: string[] = [];
    try {
      for (const { words, ...claim } of claimsOn(context)) {
        const attacker = await enter(context, claim);
        if (attacker.code === 0) admitted.push(`${words} as ${claim.clientId}`);
        attacker.line[Symbol.dispose]();
      }
      const answered = await pingMs(victim, context.clock);
      return [
        ...findings,
        {
          what: 'Nobody is let in by an identifier alone',
          holds: admitted.length === 0,
          saw: admitted.length === 0 ? 'nobody was' : admitted.join(', '),
        },
        {
          what: 'Who was connected still is',
          holds: answered !== undefined,
          saw: answered === undefined ? 'it is gone' : `answered after ${answered.toFixed(1)} ms`,
        },
      ];
    } finally {
      victim[Symbol.dispose]();
    }
  },
};
