import { figure, tickLabel } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { type Scale, type ScaleKind, scaleFor } from './scale.ts';

export interface ChartPoint {
  x: number;
  y: number;
  /** Said when the pointer rests on it. */
  title: string;
  /** Drawn hollow: the figure proves nothing. */
  hollow?: boolean;
}

export interface Chart {
  title: string;
  /** The title, told apart from all others on the page. */
  about: string;
  x: string;
  y: string;
  scale: ScaleKind;
  lines: { name: string; points: ChartPoint[] }[];
  /** A bound to compare with, drawn across. */
  bound?: { value: number; label: string } | null;
  /** Names of places on the x axis, where its numbers are only an order. */
  places?: { at: number; label: string }[];
}

/** Share of the plot's width or height, as the SVG's own unit: its box is 0 0 1000 1000. */
const unit = (share: number) => Math.round(share * 10_000) / 10;
const percent = (share: number) => `${Math.round(share * 10_000) / 100}%`;

function pathOf(points: readonly ChartPoint[], x: Scale, y: Scale): string {
  return points
    .map((point, index) => `${index ? 'L' : 'M'}${unit(x.at(point.x))} ${unit(1 - y.at(point.y))}`)
    .join('');
}

function lineMarkup(points: readonly ChartPoint[], x: Scale, y: Scale, nth: number): Markup {
  // A line of no length with round ends is a dot that no stretching of the box distorts.
  const dot = (point: ChartPoint) =>
    html`<path class="dot${point.hollow ? ' hollow' : ''}" d="M${unit(x.at(point.x))} ${unit(1 - y.at(point.y))}h0"><title>${point.title}</title></path>`;
  return html`<g class="line tone-${nth % 6} dash-${Math.floor(nth / 6) % 2}"><path class="stroke" d="${pathOf(points, x, y)}"/>${points.map(dot)}</g>`;
}

function figures({ about, lines, x, places }: Chart): Markup {
  const all = [...new Set(lines.flatMap((line) => line.points.map((point) => point.x)))];
  const name = (value: number) => places?.find(({ at }) => at === value)?.label ?? figure(value);
  const cell = (points: readonly ChartPoint[], at: number) => {
    const found = points.find((point) => point.x === at);
    return html`<td>${found ? figure(found.y) : '–'}</td>`;
  };
  return html`<details class="figures"><summary>Figures</summary><div class="scroll" tabindex="0" role="region" aria-label="Figures: ${about}"><table>
<thead><tr><th scope="col">${x}</th>${lines.map((line) => html`<th scope="col">${line.name}</th>`)}</tr></thead>
<tbody>${all
    .sort((a, b) => a - b)
    .map(
      (at) =>
        html`<tr><th scope="row">${name(at)}</th>${lines.map((line) => cell(line.points, at))}</tr>`,
    )}</tbody></table></div></details>`;
}

/** At most four names along the x axis, so that they stand apart on a phone too. */
function thinned<T>(all: readonly T[]): T[] {
  const every = Math.ceil(all.length / 4);
  return all.filter((_, index) => (all.length - 1 - index) % every === 0);
}

/**
 * A line chart: the shapes are an SVG that stretches, the words beside it are text that does not,
 * so that it reads the same on a phone and on a wide screen.
 */
export function chartMarkup(chart: Chart): Markup {
  const { lines, bound, places, scale } = chart;
  const points = lines.flatMap((line) => line.points);
  const x = scaleFor(
    points.map((point) => point.x),
    places ? 'linear' : scale,
  );
  const y = scaleFor(
    [...points.map((point) => point.y), ...(bound ? [bound.value] : [])],
    scale,
    4,
  );
  const xNames = places
    ? thinned(places.filter(({ label }, index) => label !== places[index - 1]?.label))
    : x.ticks.map((tick) => ({ at: tick, label: tickLabel(tick) }));
  const boundAt = bound ? unit(1 - y.at(bound.value)) : 0;
  const spoken = lines.map((line) => {
    const last = line.points.at(-1);
    return last ? `${line.name}, last ${figure(last.y)}` : line.name;
  });
  return html`<figure class="chart">
<figcaption><h3>${chart.title}</h3><span class="axis">${chart.y}${scale === 'log' ? ', logarithmic' : ''}</span></figcaption>
${
  lines.length > 1 &&
  html`<ul class="legend">${lines.map((line, nth) => html`<li class="tone-${nth % 6} dash-${Math.floor(nth / 6) % 2}">${line.name}</li>`)}</ul>`
}
<div class="plot"><div class="y" aria-hidden="true">${y.ticks.map((tick) => html`<span style="bottom:${percent(y.at(tick))}">${tickLabel(tick)}</span>`)}</div>
<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" aria-label="${`${chart.about}: ${chart.y} over ${chart.x}. ${spoken.join('; ')}`}">
<g class="grid">${y.ticks.map((tick) => html`<path d="M0 ${unit(1 - y.at(tick))}H1000"/>`)}</g>
${bound && html`<path class="bound" d="M0 ${boundAt}H1000"><title>${bound.label}</title></path>`}
${lines.map((line, nth) => lineMarkup(line.points, x, y, nth))}</svg>
${bound && html`<span class="bound-label" aria-hidden="true" style="--at:${percent(y.at(bound.value))}">${bound.label}</span>`}
<div class="x" aria-hidden="true">${xNames.map(({ at, label }) => html`<span style="left:${percent(x.at(at))}">${label}</span>`)}</div></div>
<p class="axis x-name" aria-hidden="true">${chart.x}</p>
${figures(chart)}</figure>`;
}
