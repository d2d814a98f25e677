const WIDTH = 120;
const HEIGHT = 28;

/** The line through the points, the lowest at the bottom and the highest at the top. */
export const linePath = (points: readonly number[], pointsMax: number): string => {
  const [low, high] = points.reduce(
    ([least, most], point) => [Math.min(least, point), Math.max(most, point)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const span = high - low;
  const step = WIDTH / Math.max(1, Math.min(pointsMax, points.length) - 1);
  return points
    .map((point, index) => {
      const y = span === 0 ? HEIGHT / 2 : HEIGHT - 2 - ((point - low) / span) * (HEIGHT - 4);
      return `${index === 0 ? 'M' : 'L'}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
};

/** For eyes only: the value beside it is what is read out. */
export const Sparkline = ({ points }: { readonly points: readonly number[] }) => (
  <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
    {points.length > 1 && <path d={linePath(points, points.length)} />}
  </svg>
);
