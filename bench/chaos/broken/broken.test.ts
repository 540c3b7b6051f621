import type { Pool } from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import type { FlowEvent } from '#lib/domain/conversation/index.ts';
import { createConversations } from '#server/conversation/index.ts';
import { makeMember, newKey, systemCtx } from '#server/test/factories.ts';
import type { Violation } from '../history.ts';
import { applyPatch } from '../patch.ts';
import type { BrokenBuild } from './builds.ts';
import { type BuildStage, stageBuild } from './stage.ts';

/**
 * The checker is worth something only if it fails where it must: each build here lost one safeguard,
 * and the same short run on the sound build finds nothing.
 */

// Processes start and die here; how long that takes is the machine's business.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let stage: BuildStage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

const NO_TIMERS = ['I6 timers act once', 'timers are rows', 'I3 offers end', 'I10 closed is final'];
/** Nobody serves here: conversations wait offline. */
const NOBODY = [...NO_TIMERS, 'I2 queued is free'];

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not come true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const rules = (violations: { rule: string }[]) => [...new Set(violations.map(({ rule }) => rule))];

/** Whether the checker finds it. On a busy machine the fault may come too late to show; then again. */
async function isFound(rule: string, run: () => Promise<Violation[]>): Promise<boolean> {
  for (let tries = 0; tries < 3; tries++) {
    if (rules(await run()).includes(rule)) return true;
    await stage?.close();
    stage = undefined;
  }
  return false;
}

/** kill -9 of the desk in the moment of the answer. */
async function killAtAnswer(build: BrokenBuild | null) {
  stage = await stageBuild(build);
  const desk = await stage.desk('desk-0');
  const visitor = await stage.visitor(desk);
  expect(await visitor.send('is anybody there?')).toMatchObject({ ok: true });
  // A careless build has not committed it yet.
  await sleep(2_000);
  expect(await visitor.send('hello?')).toMatchObject({ ok: true });
  desk.kill();
  await desk.ready();
  return stage.check(NOBODY);
}

test('Law 2: acknowledging before the commit is found', async () => {
  const run = () => killAtAnswer('ack before commit');
  expect(await isFound('D1 acknowledged once', run)).toBe(true);
});

test('Law 2: the sound build loses nothing when killed in the moment of the answer', async () => {
  expect(await killAtAnswer(null)).toEqual([]);
});

/** The same key again, as a client does that had no answer. */
async function repeatKey(build: BrokenBuild | null, withIndex: boolean) {
  stage = await stageBuild(build);
  if (!withIndex) {
    await stage.db.pool.query('DROP INDEX event_conversation_id_source_client_id_key');
  }
  const visitor = await stage.visitor(await stage.desk('desk-0'));
  await visitor.send('first', 'key-1');
  await visitor.send('second', 'key-2');
  await Promise.all([visitor.send('second', 'key-2'), visitor.send('first', 'key-1')]);
  return stage.check(NOBODY);
}

test('P1: a build that does not know keys again is found', async () => {
  const found = rules(await repeatKey('no client-id check', false));
  expect(found).toContain('D1 acknowledged once');
  expect(found).toContain('P1 asked for');
});

test('P1: where the database refuses the repeat, its error is found', async () => {
  expect(rules(await repeatKey('no client-id check', true))).toContain('no error of ours');
});

test('P1: the sound build answers a repeat with the first result', async () => {
  expect(await repeatKey(null, true)).toEqual([]);
});

/** Somebody holds the conversation's row, as a stopped process would, until `release`. */
async function holdRow(at: BuildStage, conversationId: string) {
  const client = await at.db.pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM conversation WHERE id = $1 FOR UPDATE', [conversationId]);
  return async () => {
    await client.query('ROLLBACK');
    client.release();
  };
}

/**
 * A node fires an offer's timer, waits for the row and is stopped there; meanwhile the offer is
 * declined elsewhere and the next one made. When that one is due, the node wakes with the old timer.
 */
async function wakeWithOldTimer(at: BuildStage): Promise<void> {
  const { pool } = at.db;
  for (let i = 0; i < 3; i++) await makeMember(pool, at.workspace);
  const desk = await at.desk('desk-0');
  const elsewhere = createConversations({ pool });
  const visitor = await at.visitor(desk);
  const { conversationId } = visitor;
  const look = async () => {
    const row = await elsewhere.find(systemCtx(at.workspace.id, 'routing'), conversationId);
    return { phase: row?.phase, rev: row?.stateRev ?? 0, target: row?.targetMemberId ?? '' };
  };
  const append = (event: FlowEvent) =>
    elsewhere.append({
      ctx: systemCtx(at.workspace.id, 'routing'),
      conversationId,
      key: { source: 'routing', clientId: newKey() },
      entries: [],
      event,
    });
  await visitor.send('hello');
  await until('offered', async () => (await look()).phase === 'offered');
  const { target } = await look();
  const release = await holdRow(at, conversationId);
  await pool.query('UPDATE timer SET due_at = clock_timestamp() WHERE name = $1', ['offer']);
  await until('it fires and waits', async () => (await waiting(pool)).length > 0);
  desk.freeze();
  await pool.query(`SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS lost(pid)`, [
    await waiting(pool),
  ]);
  await release();
  await append({ type: 'offer.declined', memberId: target });
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM member WHERE id <> $1', [
    target,
  ]);
  const memberId = rows[0]?.id ?? '';
  await append({ type: 'offer.made', memberId, offerMs: 50, auto: false });
  const { rev } = await look();
  await sleep(60);
  desk.proceed();
  await until('the second offer ends', async () => (await look()).rev > rev);
  expect(await visitor.end()).toMatchObject({ ok: true });
  await elsewhere.close();
}

/** Backends of the database that wait for a row. */
async function waiting(pool: Pool): Promise<number[]> {
  const { rows } = await pool.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.map(({ pid }) => pid);
}

async function runOldTimer(build: BrokenBuild | null) {
  stage = await stageBuild(build);
  await wakeWithOldTimer(stage);
  return stage.check(['timers are rows', 'I10 closed is final']);
}

test('I6: a timer that acts without its generation is found', async () => {
  const run = () => runOldTimer('timer without gen check');
  expect(await isFound('I6 timers act once', run)).toBe(true);
});

test('I6: in the sound build a node that wakes with an old timer does nothing with it', async () => {
  expect(await runOldTimer(null)).toEqual([]);
});

test('a patch that does not fit the source is refused', () => {
  const patch = { file: 'a.ts', from: 'await commit()', to: '' };
  expect(applyPatch('x; await commit(); y', patch)).toBe('x; ; y');
  expect(() => applyPatch('x; commit(); y', patch)).toThrow('0 times');
  expect(() => applyPatch('await commit(); await commit();', patch)).toThrow('2 times');
  const head = { file: 'a.ts', from: /function commit\([^{]*{/, to: '$& return;' };
  expect(applyPatch('function commit(a) { b(); }', head)).toBe(
    'function commit(a) { return; b(); }',
  );
});
