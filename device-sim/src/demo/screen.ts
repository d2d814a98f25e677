/** Shows the summary in place on a terminal, or as a line now and then where the output goes to a file. */
export interface Screen {
  show(lines: readonly string[], line: string): void;
  /** Prints above the summary. */
  say(line: string): void;
}

const LINE_EVERY = 5;

/** Cuts a line to the terminal's width, so that redrawing in place stays in place. */
const fitted = (line: string, columns: number): string =>
  line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`;

export const openScreen = (output: NodeJS.WriteStream): Screen => {
  let drawn = 0;
  let looks = 0;
  const clear = (): string => (drawn === 0 ? '' : `\u001b[${drawn}A\u001b[J`);
  return {
    show(lines, line) {
      looks += 1;
      if (!output.isTTY) {
        if (looks % LINE_EVERY === 1) output.write(`${line}\n`);
        return;
      }
      output.write(`${clear()}${lines.map((each) => `${fitted(each, output.columns)}\n`).join('')}`);
      drawn = lines.length;
    },
    say(line) {
      output.write(`${output.isTTY ? clear() : ''}${line}\n`);
      drawn = 0;
    },
  };
};
