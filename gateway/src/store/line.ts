import type { Point } from './point.ts';

/** What a tag value must have escaped; `pointProblem` lets no backslash through that would make this ambiguous. */
const TAG_SPECIAL = /[,= ]/;
const TAG_SPECIALS = /[,= ]/g;
/** In a text field only the quotation mark and the backslash are special. */
const TEXT_SPECIAL = /["\\]/;
const TEXT_SPECIALS = /["\\]/g;

const escapedTag = (value: string): string =>
  TAG_SPECIAL.test(value) ? value.replace(TAG_SPECIALS, '\\$&') : value;

const quotedText = (value: string): string =>
  `"${TEXT_SPECIAL.test(value) ? value.replace(TEXT_SPECIALS, '\\$&') : value}"`;

/** Measurement and tags, which `tagsProblem` finds no fault with. */
export const seriesText = (measurement: string, tags: Point['tags']): string => {
  let text = measurement;
  for (const key in tags) text += `,${key}=${escapedTag(tags[key] ?? '')}`;
  return text;
};

/**
 * A point that `pointProblem` finds no fault with, in the line protocol (InfluxDB 1 documentation, "Line protocol
 * reference"): measurement and tags, then fields, each with the mark of its type, then nanoseconds.
 */
export const lineOf = ({ measurement, tags, series, floats, integers, texts, at }: Point): string => {
  let line = series ?? seriesText(measurement, tags);
  let separator = ' ';
  for (const key in floats) {
    line += `${separator}${key}=${floats[key]}`;
    separator = ',';
  }
  for (const key in integers) {
    line += `${separator}${key}=${integers[key]}i`;
    separator = ',';
  }
  for (const key in texts) {
    line += `${separator}${key}=${quotedText(texts[key] ?? '')}`;
    separator = ',';
  }
  return `${line} ${at}`;
};
