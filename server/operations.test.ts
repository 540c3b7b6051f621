import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { metrics } from '#lib/observability/metrics/index.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk } from '#server/test/desk.ts';
import { askVisitor, message, type RunningDesk, runDesk } from '#server/test/running-desk.ts';

/** What is written for operators names only what a desk really prints. */
const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

let db: TestDatabase;
let desk: RunningDesk;
/** Families of /metrics, and the samples histograms have. */
let printed: Set<string>;

beforeAll(async () => {
  db = await createTestDatabase();
  const { channelId } = await createDesk(db.pool);
  desk = await runDesk(db.pool, { roles: new Set(['realtime', 'worker']) });
  const { token } = await desk.session(`pk_${channelId}`);
  await askVisitor(await desk.visitor(token), 'message.send', message('Hello'));
  const text = await (await fetch(`${desk.url}/metrics`)).text();
  printed = new Set([...text.matchAll(/^(?:# HELP )?([a-z0-9_]+)/gm)].map(([, name = '']) => name));
  for (const [, name] of text.matchAll(/^# TYPE ([a-z_]+) histogram$/gm))
    for (const part of ['bucket', 'sum', 'count']) printed.add(`${name}_${part}`);
});

afterAll(async () => {
  await desk.close();
  await db.drop();
});

const named = (expression: string) =>
  expression.match(/\b(?:parlour|process|nodejs)_[a-z0-9_]+/g) ?? [];

interface Rule {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: string };
  annotations: { summary: string };
}
const rules: Rule[] = parse(read('deploy/prometheus/alerts.yml')).groups.flatMap(
  (group: { rules: Rule[] }) => group.rules,
);

describe('deploy/prometheus/alerts.yml', () => {
  test.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s asks for figures that exist, and docs/operations.md says what to do',
    (alert, rule) => {
      for (const name of named(rule.expr)) expect(printed).toContain(name);
      expect(rule.expr).toMatch(/\b(?:parlour|process|nodejs)_|\bup\{/);
      expect(rule.for).toMatch(/^\d+[mh]$/);
      expect(['page', 'ticket']).toContain(rule.labels.severity);
      expect(rule.annotations.summary).not.toBe('');
      expect(read('docs/operations.md')).toMatch(new RegExp(`^\\| [^|]*\\b${alert}\\b`, 'm'));
    },
  );
});

describe('deploy/grafana/parlour.json', () => {
  const { panels, templating } = JSON.parse(read('deploy/grafana/parlour.json')) as {
    panels: { title: string; type: string; targets?: { expr: string }[] }[];
    templating: { list: { name: string }[] };
  };
  const drawn = panels.filter(({ type }) => type !== 'row');

  test.each(drawn.map((panel) => [panel.title, panel] as const))(
    '“%s” draws figures that exist',
    (_, { targets = [] }) => {
      expect(targets.length).toBeGreaterThan(0);
      for (const { expr } of targets) {
        expect(named(expr).length).toBeGreaterThan(0);
        for (const name of named(expr)) expect(printed).toContain(name);
        for (const [, variable] of expr.matchAll(/\$([a-z]+)\b/g)) {
          if (variable !== '__rate_interval')
            expect(templating.list.map(({ name }) => name)).toContain(variable);
        }
      }
    },
  );

  test('every figure of ours is drawn somewhere, or alerted on', () => {
    const used = new Set(
      [...drawn.flatMap(({ targets = [] }) => targets), ...rules]
        .flatMap(({ expr }) => named(expr))
        .map((name) => name.replace(/_(bucket|sum|count)$/, '')),
    );
    const unused = Object.values(metrics).filter(({ name }) => !used.has(name));
    expect(unused.map(({ name }) => name)).toEqual([]);
  });
});

describe('docs/operations.md', () => {
  const text = read('docs/operations.md');

  test('its table has every figure with its labels, and no other', () => {
    const rows = [...text.matchAll(/^\| `(parlour_[a-z_]+)` \| [a-z]+((?:, `[a-z]+`)*) \|/gm)];
    const documented = rows.map(([, name, labels = '']) => [name, labels.match(/[a-z]+/g) ?? []]);
    expect(documented).toEqual(Object.values(metrics).map(({ name, labels }) => [name, labels]));
  });

  test('its links lead somewhere', () => {
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
      heading.toLowerCase().replace(/ /g, '-'),
    );
    for (const [, anchor = ''] of text.matchAll(/\]\(#([^)]+)\)/g))
      expect(headings).toContain(anchor);
    for (const [, file = ''] of text.matchAll(/`((?:deploy|docs|prisma)\/[\w./-]+\.\w+)`/g))
      expect([file, existsSync(join(root, file))]).toEqual([file, true]);
  });
});
