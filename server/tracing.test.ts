import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isTracing, startTracing } from '#lib/observability/tracing.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import { askMember, askVisitor, message, runDesk } from '#server/test/running-desk.ts';

vi.setConfig({ testTimeout: 60_000 });

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  links?: { traceId: string; spanId: string }[];
}

let db: TestDatabase;
let shop: TestDesk;
let collector: Server;
/** What an OTLP/HTTP collector was sent. */
const spans: OtlpSpan[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await createDesk(db.pool);
  collector = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    request.on('end', () => {
      expect(request.url).toBe('/v1/traces');
      for (const { scopeSpans } of JSON.parse(text).resourceSpans)
        for (const one of scopeSpans) spans.push(...one.spans);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((resolve) => collector.close(resolve));
  await db.drop();
});

const named = (name: string) => spans.filter((span) => span.name === name);

test('one send is one trace: command, wait, transaction, commit, push, ack; the group links to it', async () => {
  const end = await startTracing();
  expect(isTracing()).toBe(true);
  const desk = await runDesk(db.pool);
  const agent = await shop.member('Ann', { role: 'supervisor' });
  const console_ = await desk.member(agent.id);
  const { token } = await desk.session(`pk_${shop.channelId}`);
  const visitor = await desk.visitor(token);
  const first = message('one');
  await askVisitor(visitor, 'message.send', first);
  await askMember(console_, 'conversation.open', {
    conversationId: first.conversationId,
    after: 0,
  });
  await askVisitor(visitor, 'message.send', message('two', first.conversationId));
  await console_.until('events');
  const remote = { trace: randomBytes(16).toString('hex'), span: '00f067aa0ba902b7' };
  await desk.post(
    '/api/v1/visitor/command',
    { name: 'message.send', input: message('three', first.conversationId) },
    { authorization: `Bearer ${token}`, traceparent: `00-${remote.trace}-${remote.span}-01` },
  );
  await desk.close();
  await end();
  expect(isTracing()).toBe(false);

  const sent = named('command message.send');
  expect(sent).toHaveLength(3);
  for (const root of sent) {
    const inside = spans.filter((span) => span.traceId === root.traceId);
    const below = (name: string) => inside.find((span) => span.name === name);
    const steps = ['append.wait', 'append.transaction', 'append.commit', 'push'].map(below);
    for (const step of steps) expect(step?.parentSpanId).toBe(root.spanId);
    const starts = steps.map((step) => BigInt(step?.startTimeUnixNano ?? 0));
    expect(starts).toEqual([...starts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    const group = named('append.group').find((one) =>
      one.links?.some(({ spanId }) => spanId === root.spanId),
    );
    expect(group?.traceId).not.toBe(root.traceId);
    expect(below('append.transaction')?.links?.[0]?.spanId).toBe(group?.spanId);
  }
  // Over a socket the ack is the command's last step; over HTTP the request is above the command.
  expect(named('ack').map(({ traceId }) => traceId)).toEqual(
    expect.arrayContaining(sent.slice(0, 2).map(({ traceId }) => traceId)),
  );
  const request = named('POST /api/v1/visitor/command')[0];
  expect(request).toMatchObject({ traceId: remote.trace, parentSpanId: remote.span });
  expect(sent[2]).toMatchObject({ traceId: remote.trace, parentSpanId: request?.spanId });
});

test('without an exporter the packages are not even loaded', () => {
  const script = `
    const { startTracing, isTracing } = await import('#lib/observability/tracing.ts');
    const end = await startTracing({});
    await end();
    const { Module } = await import('node:module');
    console.log(isTracing(), Object.keys(Module._cache).filter((file) => file.includes('opentelemetry')).length);`;
  const root = join(import.meta.dirname, '..');
  const args = ['--input-type=module', '--eval', script];
  const said = execFileSync(process.execPath, args, { cwd: root });
  expect(String(said).trim()).toBe('false 0');
});
