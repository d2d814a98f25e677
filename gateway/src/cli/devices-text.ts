import type { Enrolled, Enrolment, Reach } from '../broker/index.ts';

const row = (name: string, value: string): string => `${name.padEnd(12)}${value}`;

const proofWords = ({ proof }: Enrolment): string =>
  proof.kind === 'password' ? 'password' : `certificate, key ${proof.keyHash.slice(0, 16)}…`;

export const enrolmentLines = (enrolment: Enrolment): readonly string[] => {
  const { name, clientId, topics, reads } = enrolment;
  return [
    row('Device', name),
    row('Proof', proofWords(enrolment)),
    row('Client ID', clientId ?? 'any'),
    row('Topics', topics.length === 0 ? 'none' : topics.join(', ')),
    ...(reads.length === 0 ? [] : [row('Reads', reads.join(', '))]),
  ];
};

/** What to type into a device, secret included: shown once. */
export const enrolledLines = (
  enrolled: Enrolled,
  reach: Reach,
  files: readonly string[],
): readonly string[] => {
  const { enrolment, password } = enrolled;
  const { name, clientId, topics, reads } = enrolment;
  return [
    row('Server', reach.url ?? '-'),
    ...(password === undefined ? files.map((file) => row('File', file)) : []),
    row('User', name),
    ...(password === undefined ? [] : [row('Password', `${password}   (shown this once)`)]),
    row('Client ID', clientId ?? 'any'),
    ...topics.map((topic) => row('Topic', topic)),
    ...reads.map((topic) => row('Reads', topic)),
    ...(reach.words === '' ? [] : ['', reach.words]),
    ...(topics.length === 0
      ? []
      : ['', `In the configuration its device has the name "${name}" and the port "broker:".`]),
  ];
};

export const listLines = (enrolments: readonly Enrolment[]): readonly string[] =>
  enrolments.length === 0
    ? ['No device is enrolled; begin with `outpost devices add NAME`.']
    : enrolments.map(
        (each) => `${each.name.padEnd(33)}${each.proof.kind.padEnd(13)}${each.topics.join(', ')}`,
      );
