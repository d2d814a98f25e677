/** Names and the integers that stand for them in signed bytes. Numbers are for ever; a list only grows. */
export interface ClosedList<Name extends string> {
  readonly codeOf: (name: Name) => number;
  /** Undefined for an integer that stands for nothing. */
  readonly nameOf: (code: unknown) => Name | undefined;
}

export const closedList = <Name extends string>(codes: Readonly<Record<Name, number>>): ClosedList<Name> => {
  const names = new Map<unknown, Name>();
  for (const name of Object.keys(codes) as Name[]) names.set(codes[name], name);
  return { codeOf: (name) => codes[name], nameOf: (code) => names.get(code) };
};
