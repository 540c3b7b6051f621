import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SavedResults } from '../results.ts';
import { TARGETS } from '../targets.ts';
import { benchMarkup, targetMarkup, valueMarkup, verdictMarkup } from './bench-section.ts';
import { moment } from './figures.ts';
import { type BenchHistory, historyOfBenches, type MetricHistory } from './history.ts';
import { html, Markup } from './markup.ts';

const style = () => readFileSync(join(import.meta.dirname, 'report.css'), 'utf8');

function targetRow(name: string, found: MetricHistory | undefined): Markup {
  const target = TARGETS.find((one) => one.metric === name);
  const [bench = ''] = name.split('.');
  const label = html`<code>${name}</code><span class="source">${target?.source}</span>`;
  if (!found) {
    return html`<tr><th scope="row">${label}</th><td class="number">–</td><td class="number">${target && `${target.comparison === '>=' ? '≥' : '≤'} ${target.bound.toLocaleString('en')}`}</td><td><span class="verdict none">not measured</span></td></tr>`;
  }
  return html`<tr><th scope="row"><a href="#${bench}">${label}</a></th><td class="number">${valueMarkup(found)}</td><td class="number">${targetMarkup(found)}</td><td>${verdictMarkup(found)}</td></tr>`;
}

function targetsMarkup(benches: readonly BenchHistory[]): Markup {
  const all = benches.flatMap(({ metrics }) => metrics);
  const met = all.filter(({ verdict }) => verdict === 'met').length;
  return html`<section id="targets" aria-labelledby="targets-title"><header><h2 id="targets-title">Targets</h2>
<p class="ground"><strong>${met} of ${TARGETS.length}</strong> met</p></header>
<div class="scroll" tabindex="0" role="region" aria-label="All targets"><table class="metrics targets">
<thead><tr><th scope="col">Metric</th><th scope="col" class="number">Value</th><th scope="col" class="number">Target</th><th scope="col">Verdict</th></tr></thead>
<tbody>${TARGETS.map(({ metric }) =>
    targetRow(
      metric,
      all.find(({ name }) => name === metric),
    ),
  )}</tbody></table></div></section>`;
}

function damagedMarkup(damaged: SavedResults['damaged']): Markup | false {
  return (
    damaged.length > 0 &&
    html`<section aria-labelledby="damaged-title" class="said problems"><h2 id="damaged-title">Files that cannot be read</h2>
<ul>${damaged.map(({ file, reason }) => html`<li><code>${file}</code> ${reason}</li>`)}</ul></section>`
  );
}

/**
 * The report: one page that needs nothing else, no script and no network.
 * @param order names of the benches, as they are to follow one another
 */
export function reportPage({ results, damaged }: SavedResults, order: readonly string[]): string {
  const benches = historyOfBenches(results, order);
  const newest = results.at(-1);
  const nav = html`<nav aria-label="Benches"><a href="#targets">Targets</a>${benches.map(({ bench }) => html`<a href="#${bench}">${bench}</a>`)}</nav>`;
  const empty = html`<p class="empty">No bench has run yet: <code>npm run bench</code></p>`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Parlour: measurements</title><style>${new Markup(style())}</style></head>
<body><header class="top"><div><p class="name">Parlour</p>
<h1>Measurements</h1><p class="lead">Every message is durable before it is acknowledged, the rate limits are on, and every run checks that nothing was lost, doubled or reordered. ${newest && html`Newest run <time datetime="${newest.at}">${moment(newest.at)}</time>.`}</p></div>${nav}</header>
<main>${damagedMarkup(damaged)}${targetsMarkup(benches)}${benches.length === 0 ? empty : benches.map(benchMarkup)}</main>
<footer><p>Method, tuning and sizing: <code>docs/performance.md</code>. Made by <code>npm run bench -- report</code> from <code>bench/results</code>.</p></footer></body></html>
`.text;
}
