import { chartMarkup } from './chart.ts';
import { figure, metricLabel, moment, unitLabel } from './figures.ts';
import type { MetricHistory } from './history.ts';
import type { Markup } from './markup.ts';

/** Runs of one metric in their order, a line for each ground; null while there is but one run. */
export function historyChart(history: MetricHistory): Markup | null {
  const all = history.lines.flatMap(({ moments }) => moments);
  if (all.length < 2) return null;
  const order = [...new Set(all.map(({ at }) => at))].sort();
  const commitAt = new Map(all.map(({ at, commit }) => [at, commit]));
  const { target, unit } = history;
  const bound = target && {
    value: target.bound,
    label: `target ${target.comparison === '>=' ? '≥' : '≤'} ${figure(target.bound)}`,
  };
  return chartMarkup({
    title: metricLabel(history.name),
    about: `History of ${history.name}`,
    x: 'runs, by commit',
    y: unitLabel(unit) || 'count',
    scale: 'linear',
    bound,
    places: order.map((at, index) => ({
      at: index,
      label: commitAt.get(at)?.slice(0, 7) ?? at.slice(0, 10),
    })),
    lines: history.lines.map(({ ground, moments }) => ({
      name: ground,
      points: moments.map(({ at, commit, value, doubtful }) => ({
        x: order.indexOf(at),
        y: value,
        hollow: doubtful,
        title: `${figure(value)} ${unitLabel(unit)}, ${commit ?? 'no commit'}, ${moment(at)}${doubtful ? ', run with problems' : ''}`,
      })),
    })),
  });
}
