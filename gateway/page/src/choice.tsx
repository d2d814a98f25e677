interface ChoiceParts {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, text: string])[];
  choose(value: string): void;
}

/** One of several, in words. */
export const Choice = ({ id, label, value, choices, choose }: ChoiceParts) => (
  <div>
    <label for={id}>{label}</label>
    <select id={id} value={value} onChange={(event) => choose(event.currentTarget.value)}>
      {choices.map(([each, text]) => (
        <option key={each} value={each}>
          {text}
        </option>
      ))}
    </select>
  </div>
);
