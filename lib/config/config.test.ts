import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPrisma } from '#lib/db/client.ts';
import type { PrismaClient } from '#lib/db/generated/client.ts';
import type { AuditEntryView } from '#lib/protocol/config.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { CONFIG_COMMANDS } from './index.ts';
import { call, createTestDesk } from './test-desk.ts';

let database: TestDatabase;
let db: PrismaClient;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createPrisma(database.url);
});

afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

const queueFields = { acceptMode: 'offer', offerSeconds: 30, skills: [], members: [] };

describe('configuration changes', () => {
  test('a change commits with its audit entry and a new config_rev', async () => {
    const desk = await createTestDesk(db);
    const before = await db.workspace.findUniqueOrThrow({ where: { id: desk.workspaceId } });
    const { id } = await call(db, desk.owner, 'queue.create', { name: 'VIP', ...queueFields });
    await call(db, desk.owner, 'queue.update', { id, offerSeconds: 45 });
    const after = await db.workspace.findUniqueOrThrow({ where: { id: desk.workspaceId } });
    expect(after.configRev - before.configRev).toBe(2n);
    const entry = await db.auditEntry.findFirstOrThrow({
      where: { workspaceId: desk.workspaceId, action: 'queue.updated' },
    });
    expect(entry).toMatchObject({
      actorMemberId: desk.ownerId,
      targetId: id,
      before: { offerSeconds: 30 },
      after: { offerSeconds: 45 },
    });
  });

  test('a refused change leaves nothing: no row, no audit, no config_rev', async () => {
    const desk = await createTestDesk(db);
    const foreign = await createTestDesk(db);
    const members = [{ memberId: foreign.ownerId, tier: 1 }];
    const count = () => db.auditEntry.count({ where: { workspaceId: desk.workspaceId } });
    const audits = await count();
    await expect(
      call(db, desk.owner, 'queue.create', { name: 'Leak', ...queueFields, members }),
    ).rejects.toMatchObject({ code: 'not_found' });
    expect(await db.queue.count({ where: { name: 'Leak' } })).toBe(0);
    expect(await count()).toBe(audits);
  });

  test('bad input names the place and changes nothing', async () => {
    const desk = await createTestDesk(db);
    await expect(
      call(db, desk.owner, 'queue.create', { ...queueFields, name: '', offerSeconds: 1 }),
    ).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [
        expect.objectContaining({ path: 'name' }),
        expect.objectContaining({ path: 'offerSeconds' }),
      ],
    });
  });

  test('a second thing of the same name is refused with a code', async () => {
    const desk = await createTestDesk(db);
    await call(db, desk.owner, 'skill.create', { name: 'Returns' });
    await expect(call(db, desk.owner, 'skill.create', { name: 'Returns' })).rejects.toMatchObject({
      code: 'already_exists',
    });
  });

  test('what is used cannot be deleted', async () => {
    const desk = await createTestDesk(db);
    const skill = await call(db, desk.owner, 'skill.create', { name: 'Returns' });
    const skills = [{ skillId: skill.id, level: 2 }];
    await call(db, desk.owner, 'queue.update', { id: desk.queueId, skills });
    await expect(call(db, desk.owner, 'skill.delete', { id: skill.id })).rejects.toMatchObject({
      code: 'in_use',
    });
    await expect(call(db, desk.owner, 'queue.archive', { id: desk.queueId })).rejects.toMatchObject(
      { code: 'in_use' },
    );
  });

  test('the secret of a channel key is shown once and never audited or listed', async () => {
    const desk = await createTestDesk(db);
    const key = await call<{ id: string; secret: string }>(db, desk.owner, 'channel.create-key', {
      channelId: desk.channelId,
      algorithm: 'HS256',
    });
    expect(Buffer.from(key.secret, 'base64url')).toHaveLength(32);
    const shown = JSON.stringify([
      await call<unknown>(db, desk.owner, 'channel.list'),
      await call<unknown>(db, desk.owner, 'audit.list'),
    ]);
    expect(shown).toContain(key.id);
    expect(shown).not.toContain(key.secret);
  });

  test('a channel’s weight is 1 unless said, from 1 to 100, and audited', async () => {
    const desk = await createTestDesk(db);
    const weights = async () => {
      const channels = await call<{ id: string; weight: number }[]>(db, desk.owner, 'channel.list');
      return channels.map(({ weight }) => weight);
    };
    expect(await weights()).toEqual([1]);
    const text = { en: 'Hello', 'zh-CN': '您好' };
    const settings = { title: text, greeting: text, accent: '#123456', position: 'right' };
    const fields = { name: 'Phone', queueId: desk.queueId, allowedOrigins: [], settings };
    await call(db, desk.owner, 'channel.create', fields);
    expect(await weights()).toEqual([1, 1]);
    const id = desk.channelId;
    for (const weight of [0, 101, 1.5, '2']) {
      await expect(call(db, desk.owner, 'channel.update', { id, weight })).rejects.toMatchObject({
        code: 'invalid_input',
      });
    }
    await call(db, desk.owner, 'channel.update', { id, weight: 3 });
    // What is left out stays.
    await call(db, desk.owner, 'channel.update', { id, name: 'Phone' });
    expect(await weights()).toEqual([3, 1]);
    const audit = await call<{ entries: AuditEntryView[] }>(db, desk.owner, 'audit.list');
    const changes = audit.entries.filter((entry) => entry.action === 'channel.updated');
    expect(changes.map(({ before, after }) => [before, after])).toMatchObject([
      [{ weight: 3 }, { weight: 3, name: 'Phone' }],
      [{ weight: 1 }, { weight: 3 }],
    ]);
  });

  test.each([
    ['https://shop.example', 'https://shop.example'],
    ['https://shop.example:8443/path?x', 'https://shop.example:8443'],
    ['https://*.example', null],
    ['javascript:alert(1)', null],
    ['shop.example', null],
    ['null', null],
  ])('allowed origin %s becomes %s', async (given, kept) => {
    const desk = await createTestDesk(db);
    const change = call(db, desk.owner, 'channel.update', {
      id: desk.channelId,
      allowedOrigins: [given],
    });
    if (kept === null) {
      await expect(change).rejects.toMatchObject({ code: 'invalid_input' });
    } else {
      await change;
      const channel = await db.channel.findUniqueOrThrow({ where: { id: desk.channelId } });
      expect(channel.allowedOrigins).toEqual([kept]);
    }
  });
});

describe('members', () => {
  test('nobody acts on, or hands out, a role above their own', async () => {
    const desk = await createTestDesk(db);
    const admin = await desk.join('admin');
    for (const [name, input] of [
      ['member.update', { id: desk.ownerId, capacity: 1 }],
      ['member.remove', { id: desk.ownerId }],
      ['member.update', { id: admin.memberId, role: 'owner' }],
      ['member.invite', { email: 'x@example.test', role: 'owner' }],
    ] as const) {
      await expect(call(db, admin, name, input)).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  test('an invitation’s link is shown to nobody who may not invite into that role', async () => {
    const desk = await createTestDesk(db);
    const [admin, supervisor] = [await desk.join('admin'), await desk.join('supervisor')];
    const invite = (role: string) =>
      call(db, desk.owner, 'member.invite', { email: `${role}@example.test`, role });
    const [owner, agent] = [await invite('owner'), await invite('agent')];
    const shown = async (who: typeof desk.owner) => {
      const answer: unknown = await call(db, who, 'member.list', {});
      return (answer as { invitations: { id: string }[] }).invitations.map(({ id }) => id);
    };
    expect(await shown(desk.owner)).toEqual([agent.id, owner.id]);
    expect(await shown(admin)).toEqual([agent.id]);
    expect(await shown(supervisor)).toEqual([]);
  });

  test('the last owner stays, also when two owners demote each other at once', async () => {
    const desk = await createTestDesk(db);
    await expect(
      call(db, desk.owner, 'member.update', { id: desk.ownerId, role: 'admin' }),
    ).rejects.toMatchObject({ code: 'conflict' });
    const second = await desk.join('owner');
    const both = await Promise.allSettled([
      call(db, desk.owner, 'member.update', { id: second.memberId, role: 'admin' }),
      call(db, second, 'member.update', { id: desk.ownerId, role: 'admin' }),
    ]);
    expect(both.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
    const where = { workspaceId: desk.workspaceId, role: 'owner' };
    expect(await db.member.count({ where })).toBe(1);
  });

  test('a removed member loses queues and skills and every session is told (auth_rev)', async () => {
    const desk = await createTestDesk(db);
    const agent = await desk.join('agent');
    const queues = [{ queueId: desk.queueId, tier: 1 }];
    await call(db, desk.owner, 'member.update', { id: agent.memberId, queues });
    await call(db, desk.owner, 'member.remove', { id: agent.memberId });
    const member = await db.member.findUniqueOrThrow({
      where: { id: agent.memberId },
      include: { queues: true },
    });
    expect(member.removedAt).not.toBeNull();
    expect(member.queues).toEqual([]);
    expect(member.authRev).toBe(2);
  });
});

describe('I11: no command reads or writes another workspace', () => {
  test('every command that takes an id answers not_found for a foreign one', async () => {
    const mine = await createTestDesk(db);
    const theirs = await createTestDesk(db);
    const agent = await theirs.join('agent');
    const skill = await call(db, theirs.owner, 'skill.create', { name: 'Secret skill' });
    const reply = await call(db, theirs.owner, 'canned-reply.create', { shortcut: 'x', body: 'y' });
    const key = await call(db, theirs.owner, 'channel.create-key', {
      channelId: theirs.channelId,
      algorithm: 'HS256',
    });
    const invitation = await call(db, theirs.owner, 'member.invite', {
      email: 'new@example.test',
      role: 'agent',
    });
    const cases: Record<string, unknown> = {
      'member.update': { id: agent.memberId, capacity: 1 },
      'member.remove': { id: agent.memberId },
      'member.cancel-invitation': { id: invitation.id },
      'queue.update': { id: theirs.queueId, name: 'Stolen' },
      'queue.archive': { id: theirs.queueId },
      'skill.rename': { id: skill.id, name: 'Stolen' },
      'skill.delete': { id: skill.id },
      'channel.update': { id: theirs.channelId, name: 'Stolen' },
      'channel.disable': { id: theirs.channelId },
      'channel.create-key': { channelId: theirs.channelId, algorithm: 'HS256' },
      'channel.revoke-key': { id: key.id },
      'canned-reply.update': { id: reply.id, shortcut: 'stolen', body: 'y' },
      'canned-reply.delete': { id: reply.id },
    };
    const noIds = ['member.invite', 'queue.create', 'skill.create', 'channel.create'];
    for (const command of CONFIG_COMMANDS) {
      if (command.kind === 'query' || noIds.includes(command.name)) continue;
      if (command.name === 'canned-reply.create') continue;
      const input = cases[command.name];
      expect(input, `${command.name} has no case here`).toBeDefined();
      await expect(call(db, mine.owner, command.name, input), command.name).rejects.toMatchObject({
        code: 'not_found',
      });
    }
    for (const name of ['member.list', 'queue.list', 'skill.list', 'channel.list', 'audit.list']) {
      const shown = JSON.stringify(await call<unknown>(db, mine.owner, name));
      for (const secret of [theirs.queueId, theirs.channelId, skill.id, agent.memberId]) {
        expect(shown).not.toContain(secret);
      }
    }
  });
});
