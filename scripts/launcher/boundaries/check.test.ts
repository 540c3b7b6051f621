import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkBoundaries } from './check.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'boundaries-'));
});

afterEach(() => rmSync(root, { recursive: true }));

function violations(file: string, source: string) {
  mkdirSync(join(root, dirname(file)), { recursive: true });
  writeFileSync(join(root, file), source);
  return checkBoundaries(root).map((violation) => violation.specifier);
}

const FORBIDDEN: [from: string, specifier: string][] = [
  // the domain is pure
  ['lib/domain/routing/decide.ts', 'node:fs'],
  ['lib/domain/routing/decide.ts', 'fs'],
  ['lib/domain/routing/decide.ts', 'pg'],
  ['lib/domain/routing/decide.ts', '#lib/env.ts'],
  ['lib/domain/routing/decide.ts', '#lib/db/pool.ts'],
  ['lib/domain/routing/decide.ts', '#lib/protocol/errors.ts'],
  ['lib/domain/routing/decide.ts', '#server/routing/index.ts'],
  // protocol → domain
  ['lib/protocol/visitor.ts', '#lib/sdk/api.ts'],
  ['lib/protocol/visitor.ts', '#lib/db/client.ts'],
  ['lib/protocol/visitor.ts', 'socket.io'],
  // sdk → protocol
  ['lib/sdk/client.ts', '#lib/domain/conversation/model.ts'],
  ['lib/sdk/client.ts', '#lib/auth/index.ts'],
  ['lib/sdk/client.ts', '#server/gateway/index.ts'],
  ['lib/sdk/client.ts', 'react'],
  ['lib/sdk/client.ts', 'node:crypto'],
  // the rest of lib
  ['lib/config/publish.ts', '#server/conversation/index.ts'],
  ['lib/config/publish.ts', '#lib/sdk/api.ts'],
  ['lib/config/publish.ts', '#components/ui/button.tsx'],
  ['lib/auth/roles.ts', '#app/page.tsx'],
  // components
  ['components/console/inbox.tsx', '#lib/db/client.ts'],
  ['components/console/inbox.tsx', '#lib/config/queues.ts'],
  ['components/console/inbox.tsx', '#server/gateway/index.ts'],
  ['components/console/inbox.tsx', '#components/admin/queues.tsx'],
  ['components/widget/panel.tsx', '#components/ui/button.tsx'],
  ['components/admin/queues.tsx', '#app/page.tsx'],
  // app
  ['app/page.tsx', '#server/conversation/index.ts'],
  ['app/api/route.ts', '#server/main.ts'],
  // server
  ['server/gateway/visitor.ts', '#lib/sdk/api.ts'],
  ['server/gateway/visitor.ts', '#server/conversation/store.ts'],
  ['server/gateway/visitor.ts', '#server/routing/leases.ts'],
  ['server/gateway/visitor.ts', '#components/ui/button.tsx'],
  ['server/gateway/visitor.ts', '#app/page.tsx'],
  ['server/gateway/visitor.ts', '#server/test/database.ts'],
  ['server/conversation/append.ts', '#server/gateway/index.ts'],
  ['server/conversation/append.ts', '#server/channels/index.ts'],
  ['server/conversation/append.ts', '#server/timers/index.ts'],
  ['server/main.ts', '#server/gateway/visitor.ts'],
  ['server/main.ts', './gateway/visitor.ts'],
  ['server/main.ts', '#lib/sdk/api.ts'],
  ['scripts/launcher/main.ts', '#server/gateway/index.ts'],
  ['prisma/seed.ts', '#server/conversation/index.ts'],
  ['e2e/visit.spec.ts', '#app/page.tsx'],
  ['server/gateway/visitor.test.ts', '#app/page.tsx'],
  // relative imports that escape
  ['server/gateway/visitor.ts', '../conversation/index.ts'],
  ['server/gateway/presence/merge.ts', '../../conversation/index.ts'],
  ['lib/sdk/client.ts', '../protocol/visitor.ts'],
  ['lib/domain/routing/decide.ts', '../../env.ts'],
  ['components/console/inbox.tsx', '../ui/button.tsx'],
  ['components/console/inbox.test.tsx', '../ui/button.tsx'],
  ['app/page.tsx', '../server/main.ts'],
  ['lib/db/pool.ts', '../../../elsewhere/file.ts'],
  ['lib/db/pool.ts', '/etc/file.ts'],
];

describe('a forbidden import is refused', () => {
  test.each(FORBIDDEN)('%s → %s', (file, specifier) => {
    expect(violations(file, `import { a } from '${specifier}';\nexport const b = a;`)).toEqual([
      specifier,
    ]);
  });

  test.each([
    `import type { A } from '#app/a.ts'; export type B = A;`,
    `export * from '#app/a.ts';`,
    `export type { A } from '#app/a.ts';`,
    `import '#app/a.ts';`,
    `export const load = () => import('#app/a.ts');`,
    `export type B = import('#app/a.ts').A;`,
    `export const a = require('#app/a.ts');`,
  ])('in every form: %s', (source) => {
    expect(violations('lib/db/pool.ts', source)).toEqual(['#app/a.ts']);
  });
});

const ALLOWED: [from: string, specifier: string][] = [
  ['lib/domain/routing/decide.ts', 'zod'],
  ['lib/domain/routing/decide.ts', '../conversation/model.ts'],
  ['lib/domain/routing/decide.ts', '#lib/domain/conversation/model.ts'],
  ['lib/domain/rules/cel.ts', '@marcbachmann/cel-js'],
  ['lib/domain/routing/decide.test.ts', 'fast-check'],
  ['lib/protocol/visitor.ts', 'zod/mini'],
  ['lib/protocol/visitor.ts', '#lib/domain/conversation/model.ts'],
  ['lib/sdk/client.ts', 'socket.io-client'],
  ['lib/sdk/client.test.ts', '#server/conversation/index.ts'],
  ['lib/config/publish.ts', '#lib/db/client.ts'],
  ['components/console/inbox.tsx', '#lib/sdk/api.ts'],
  ['components/console/inbox.tsx', '#components/ui/button.tsx'],
  ['app/page.tsx', '#lib/config/queues.ts'],
  ['app/(console)/page.tsx', '../shared.tsx'],
  ['server/main.ts', './gateway/index.ts'],
  ['server/gateway/visitor.ts', '#server/conversation/index.ts'],
  ['server/gateway/visitor.ts', '#server/conversation/visitors/index.ts'],
  ['server/gateway/visitor.ts', '#server/registry.ts'],
  ['server/gateway/presence/merge.ts', '../rooms.ts'],
  ['server/gateway/visitor.test.ts', '#server/test/database.ts'],
];

test.each(ALLOWED)('an allowed import passes: %s → %s', (file, specifier) => {
  expect(violations(file, `import { a } from '${specifier}';\nexport const b = a;`)).toEqual([]);
});

test('the checkout itself is clean', () => {
  const found = checkBoundaries(join(import.meta.dirname, '../../..'));
  expect(
    found.map(({ file, line, specifier, because }) => `${file}:${line} ${specifier}: ${because}`),
  ).toEqual([]);
});
