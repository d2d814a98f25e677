/** A picture is text; every number in it has one decimal, so that the same scene is the same file. */
export type Svg = string;

type Attributes = Readonly<Record<string, string | number | undefined>>;

const SPECIAL: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (each) => SPECIAL[each] ?? each);

export const rounded = (value: number): string => String(Math.round(value * 10) / 10);

const attribute = ([name, value]: [string, string | number | undefined]): string =>
  value === undefined ? '' : ` ${name}="${typeof value === 'number' ? rounded(value) : escaped(value)}"`;

export const element = (name: string, attributes: Attributes, children: readonly Svg[] = []): Svg => {
  const head = `<${name}${Object.entries(attributes).map(attribute).join('')}`;
  return children.length === 0 ? `${head}/>` : `${head}>${children.join('')}</${name}>`;
};

export const group = (x: number, y: number, children: readonly Svg[]): Svg =>
  element('g', { transform: `translate(${rounded(x)} ${rounded(y)})` }, children);

export const line = (from: readonly [number, number], to: readonly [number, number], more: Attributes): Svg =>
  element('path', { d: pathOf([[from, to]]), ...more });

/** Strokes through points; several where there are gaps. */
export const pathOf = (strokes: readonly (readonly (readonly [number, number])[])[]): string =>
  strokes
    .filter((points) => points.length > 0)
    .map((points) => `M${points.map(([x, y]) => `${rounded(x)} ${rounded(y)}`).join('L')}`)
    .join('');

export interface Words {
  readonly size?: number;
  readonly fill?: string;
  readonly anchor?: 'middle' | 'end';
  readonly weight?: number;
  /** Pixels; what is longer ends with dots. */
  readonly width?: number;
}

/** An average letter of a sans-serif face, as a share of its size; good enough to know where to cut. */
const LETTER = 0.54;

export const widthOf = (text: string, size = 12): number => text.length * size * LETTER;

const cut = (text: string, size: number, width: number | undefined): string => {
  if (width === undefined || widthOf(text, size) <= width) return text;
  return `${text.slice(0, Math.max(0, Math.floor(width / (size * LETTER)) - 1))}…`;
};

export const words = (x: number, y: number, text: string, how: Words = {}): Svg => {
  const { size = 12, fill = INK.text, anchor, weight, width } = how;
  const shown = escaped(cut(text, size, width));
  return element('text', { x, y, 'font-size': size, fill, 'text-anchor': anchor, 'font-weight': weight }, [
    shown === '' ? ' ' : shown,
  ]);
};

/** Grafana's dark face. */
export const INK = {
  ground: '#111217',
  panel: '#181b1f',
  frame: '#2c3235',
  grid: '#2a2d33',
  text: '#ccccdc',
  faint: '#8e8e9a',
} as const;

const NAMED: Readonly<Record<string, string>> = {
  green: '#73bf69',
  yellow: '#f2cc0c',
  blue: '#5794f2',
  orange: '#ff9830',
  red: '#f2495c',
  text: INK.text,
};

/** Of series in their order. */
export const PALETTE: readonly string[] = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff9830',
  '#f2495c',
  '#b877d9',
  '#8ab8ff',
  '#c8f2c2',
  '#ffcb7d',
  '#a352cc',
];

export const colour = (name: string): string => NAMED[name] ?? name;
