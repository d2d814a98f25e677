export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export const spread = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY) -
  values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >>> 1;
  const [a = Number.NaN, b = Number.NaN] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 1 ? a : (a + b) / 2;
};

/** Pearson's coefficient; 0 where one of them does not vary. */
export const correlation = (x: readonly number[], y: readonly number[]): number => {
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((value, i) => {
    const [dx, dy] = [value - mx, (y[i] ?? 0) - my];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  });
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
};

export const share = <T>(items: readonly T[], holds: (item: T) => boolean): number =>
  items.length === 0 ? 0 : items.filter(holds).length / items.length;

/** Solves a·x = b by Gauss elimination with pivots; undefined where `a` has no inverse. */
const solve = (a: readonly (readonly number[])[], b: readonly number[]): readonly number[] | undefined => {
  const rows = a.map((row, i) => [...row, b[i] ?? 0]);
  const size = rows.length;
  for (let column = 0; column < size; column += 1) {
    const below = rows.slice(column).sort((p, q) => Math.abs(q[column] ?? 0) - Math.abs(p[column] ?? 0));
    rows.splice(column, below.length, ...below);
    const pivot = rows[column]?.[column] ?? 0;
    if (Math.abs(pivot) < 1e-12) return undefined;
    rows.forEach((row, i) => {
      if (i === column) return;
      const factor = (row[column] ?? 0) / pivot;
      for (let k = column; k <= size; k += 1) row[k] = (row[k] ?? 0) - factor * (rows[column]?.[k] ?? 0);
    });
  }
  return rows.map((row, i) => (row[size] ?? 0) / (row[i] ?? 1));
};

/** Least squares of y over the columns of each row; a little of the identity keeps it solvable. */
export const leastSquares = (
  rows: readonly (readonly number[])[],
  y: readonly number[],
): readonly number[] | undefined => {
  const width = rows[0]?.length ?? 0;
  const normal = Array.from({ length: width }, () => new Array<number>(width).fill(0));
  const right = new Array<number>(width).fill(0);
  rows.forEach((row, n) => {
    for (let i = 0; i < width; i += 1) {
      const target = normal[i] ?? [];
      for (let k = 0; k < width; k += 1) target[k] = (target[k] ?? 0) + (row[i] ?? 0) * (row[k] ?? 0);
      right[i] = (right[i] ?? 0) + (row[i] ?? 0) * (y[n] ?? 0);
    }
  });
  normal.forEach((row, i) => {
    row[i] = (row[i] ?? 0) * (1 + 1e-9) + 1e-9;
  });
  return solve(normal, right);
};
