import type { SavedResult } from '../results.ts';
import { chartMarkup } from './chart.ts';
import { change, figure, metricLabel, moment, unitLabel } from './figures.ts';
import { type BenchHistory, groundOf, type MetricHistory } from './history.ts';
import { historyChart } from './history-chart.ts';
import { html, type Markup } from './markup.ts';

const VERDICTS = { met: 'met', missed: 'missed', doubtful: 'unproven' } as const;

export function verdictMarkup(history: MetricHistory): Markup | null {
  const { verdict } = history;
  return verdict && html`<span class="verdict ${verdict}">${VERDICTS[verdict]}</span>`;
}

export function targetMarkup({ target, unit }: MetricHistory): Markup | null {
  if (!target) return null;
  const sign = target.comparison === '>=' ? '≥' : '≤';
  return html`<span title="${target.source}">${sign} ${figure(target.bound)} <span class="unit">${unitLabel(unit)}</span></span>`;
}

export function valueMarkup({ value, unit, spread }: MetricHistory): Markup {
  return html`<span class="value">${figure(value)}</span> <span class="unit">${unitLabel(unit)}</span>${
    spread && html`<span class="spread">${figure(spread[0])} – ${figure(spread[1])}</span>`
  }`;
}

function metricRow(history: MetricHistory): Markup {
  const { before, value, name } = history;
  const changed = before === null ? null : change(before, value);
  const target = targetMarkup(history);
  return html`<tr><th scope="row"><code>${metricLabel(name)}</code></th>
<td class="number">${valueMarkup(history)}</td>
<td class="number change${changed ? '' : ' none'}">${changed ?? '–'}</td>
<td class="number${target ? '' : ' none'}">${target ?? '–'}</td><td>${verdictMarkup(history)}</td></tr>`;
}

function metricTable({ bench, metrics }: BenchHistory): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Figures of ${bench}"><table class="metrics">
<thead><tr><th scope="col">Metric</th><th scope="col" class="number">Value</th><th scope="col" class="number">Since last commit</th><th scope="col" class="number">Target</th><th scope="col">Verdict</th></tr></thead>
<tbody>${metrics.map(metricRow)}</tbody></table></div>`;
}

function seriesMarkup({ bench, series = [] }: SavedResult): Markup | null {
  const drawn = series.filter(({ lines }) => lines.some(({ points }) => points.length > 0));
  if (drawn.length === 0) return null;
  return html`<div class="charts">${drawn.map(({ title, x, y, scale = 'linear', lines }) =>
    chartMarkup({
      title,
      about: `${bench}: ${title}`,
      x,
      y,
      scale,
      lines: lines.map(({ name, points }) => ({
        name,
        points: points.map(([px, py]) => ({
          x: px,
          y: py,
          title: `${name}: ${figure(py)} ${y} at ${figure(px)} ${x}`,
        })),
      })),
    }),
  )}</div>`;
}

function runRow(run: SavedResult): Markup {
  return html`<tr><th scope="row">${moment(run.at)}</th><td><code>${run.commit ?? '–'}</code></td>
<td>${groundOf(run)}</td><td>${run.machine.node}</td><td class="number">${figure(run.machine.loadBefore)}</td>
<td>${run.problems.length > 0 ? html`<span class="verdict doubtful">${run.problems.length} ${run.problems.length === 1 ? 'problem' : 'problems'}</span>` : 'sound'}</td></tr>`;
}

function historyMarkup({ bench, metrics, runs }: BenchHistory): Markup {
  const charts = metrics.map(historyChart).filter((one) => one !== null);
  return html`<details class="history"><summary>History <span class="count">${runs.length} ${runs.length === 1 ? 'run' : 'runs'}</span></summary>
${charts.length > 0 && html`<div class="charts small">${charts}</div>`}
<div class="scroll" tabindex="0" role="region" aria-label="Runs of ${bench}"><table>
<thead><tr><th scope="col">Run</th><th scope="col">Commit</th><th scope="col">Machine</th><th scope="col">Node</th><th scope="col" class="number">Load before</th><th scope="col">State</th></tr></thead>
<tbody>${runs.map(runRow)}</tbody></table></div></details>`;
}

const list = (title: string, kind: string, lines: readonly string[]) =>
  lines.length > 0 &&
  html`<div class="said ${kind}"><h3>${title}</h3><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></div>`;

/** Everything about one bench: figures against targets, curves, what to know, and all runs. */
export function benchMarkup(history: BenchHistory): Markup {
  const { bench, shown } = history;
  const [newest] = shown;
  if (!newest) return html``;
  const many = shown.length > 1 ? `median of ${shown.length} runs` : 'one run';
  return html`<section id="${bench}" aria-labelledby="${bench}-title">
<header><h2 id="${bench}-title"><a href="#${bench}">${bench}</a></h2>
<p class="ground">${many}${newest.quick && ' in quick mode'} · <code>${newest.commit ?? 'no commit'}</code> · <time datetime="${newest.at}">${moment(newest.at)}</time><br>${groundOf(newest)}, Node ${newest.machine.node}, load before ${figure(newest.machine.loadBefore)}</p></header>
${list('Problems: these figures prove nothing', 'problems', newest.problems)}
${metricTable(history)}
${seriesMarkup(newest)}
${list('What to know', 'notes', newest.notes)}
${historyMarkup(history)}</section>`;
}
