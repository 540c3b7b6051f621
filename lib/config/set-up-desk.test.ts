import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPrisma } from '#lib/db/client.ts';
import type { PrismaClient } from '#lib/db/generated/client.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { acceptInvitation, invitationFor } from './accept-invitation.ts';
import { hashSetupCode, newSetupCode, setUpDesk } from './set-up-desk.ts';
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

const person = {
  workspace: 'Acme',
  name: 'Ada',
  email: 'ada@example.test',
  password: 'correct horse',
  locale: 'en' as const,
};

describe('setting up', () => {
  test('a wrong code is refused; the right one works once, for one of two at the same time', async () => {
    const code = newSetupCode();
    await db.installation.update({
      where: { id: 1 },
      data: { setupCodeHash: hashSetupCode(code) },
    });
    await expect(setUpDesk(db, { ...person, code: newSetupCode() })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const typed = code.toLowerCase().replaceAll('-', ' ');
    const both = await Promise.allSettled([
      setUpDesk(db, { ...person, code: typed }),
      setUpDesk(db, { ...person, email: 'eve@example.test', code }),
    ]);
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((r) => r.status === 'rejected')).toMatchObject({
      reason: { code: 'already_set_up' },
    });
    expect(await db.workspace.count({ where: { name: 'Acme' } })).toBe(1);
  });

  test('without a printed code nobody can set up', async () => {
    await db.installation.update({
      where: { id: 1 },
      data: { setupAt: null, setupCodeHash: null },
    });
    await expect(setUpDesk(db, { ...person, code: '' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('invitations', () => {
  const joining = { name: 'New', password: 'long enough 2' };

  test('the link joins once, with the role it was made for', async () => {
    const desk = await createTestDesk(db);
    const { id } = await call(db, desk.owner, 'member.invite', {
      email: 'New.Agent@example.test',
      role: 'agent',
    });
    expect(await invitationFor(db, id)).toMatchObject({ role: 'agent', known: false });
    const joined = await acceptInvitation(db, { id, ...joining });
    const member = await db.member.findUniqueOrThrow({ where: { id: joined.memberId } });
    expect(member).toMatchObject({ workspaceId: desk.workspaceId, role: 'agent' });
    await expect(acceptInvitation(db, { id, ...joining })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('an existing account joins only with its own password', async () => {
    const desk = await createTestDesk(db);
    const other = await createTestDesk(db);
    const { id } = await call(db, desk.owner, 'member.invite', {
      email: other.ownerEmail,
      role: 'agent',
    });
    await expect(acceptInvitation(db, { id, ...joining })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await acceptInvitation(db, { id, name: 'Owner', password: 'long enough 1' });
    const user = await db.user.findUniqueOrThrow({
      where: { email: other.ownerEmail },
      include: { members: true },
    });
    expect(user.members).toHaveLength(2);
  });

  test('a link is worth nothing once its inviter was removed or demoted', async () => {
    const desk = await createTestDesk(db);
    const admin = await desk.join('admin');
    const links = [];
    for (const email of ['r1@example.test', 'r2@example.test']) {
      links.push(await call(db, admin, 'member.invite', { email, role: 'agent' }));
    }
    const [first, second] = links;
    await db.member.update({ where: { id: admin.memberId }, data: { role: 'agent' } });
    await expect(acceptInvitation(db, { id: first?.id ?? '', ...joining })).rejects.toMatchObject({
      code: 'not_found',
    });
    await db.member.update({
      where: { id: admin.memberId },
      data: { role: 'admin', removedAt: new Date() },
    });
    await expect(acceptInvitation(db, { id: second?.id ?? '', ...joining })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('an admin neither withdraws nor replaces an invitation into a role above theirs', async () => {
    const desk = await createTestDesk(db);
    const admin = await desk.join('admin');
    const email = 'boss@example.test';
    const { id } = await call(db, desk.owner, 'member.invite', { email, role: 'owner' });
    await expect(call(db, admin, 'member.cancel-invitation', { id })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(call(db, admin, 'member.invite', { email, role: 'agent' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await invitationFor(db, id)).toMatchObject({ role: 'owner' });
  });

  test('canceled, expired and made-up links are not found', async () => {
    const desk = await createTestDesk(db);
    const invite = (email: string) =>
      call(db, desk.owner, 'member.invite', { email, role: 'agent' });
    const canceled = await invite('c@example.test');
    await call(db, desk.owner, 'member.cancel-invitation', { id: canceled.id });
    const expired = await invite('e@example.test');
    await db.invitation.update({ where: { id: expired.id }, data: { expiresAt: new Date(0) } });
    for (const id of [canceled.id, expired.id, crypto.randomUUID(), 'nonsense']) {
      await expect(invitationFor(db, id)).rejects.toMatchObject({ code: 'not_found' });
    }
  });
});
