import { afterAll, describe, expect, test } from 'vitest';
import type { Reply } from '#lib/protocol/envelope.ts';
import { newKey } from './test/factories.ts';
import { MEMBER_CASES } from './test/registry/member-cases.ts';
import { VISITOR_CASES } from './test/registry/visitor-cases.ts';
import { createWorld, OWN_ORIGIN, SECRET } from './test/registry/world.ts';

/**
 * Every command of the registry, tried over the real server as everybody who may not: another
 * workspace's owner, another visitor, a colleague without a part in it, an agent of no queue, and
 * nobody. Each refusal must leave no trace; then the rightful one does the same with success, so that
 * nobody was refused for a fault of the input.
 */
const world = await createWorld();
const commands = world.desk.gateway?.registry.all() ?? [];
const namesOf = (audience: string) =>
  commands.filter((command) => command.audience === audience).map((command) => command.name);

afterAll(() => world.close());

const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.error.code);

/** Runs an attempt that must change nothing of the home workspace but the one's own. */
async function attempt(
  who: { id: string; contactId?: string },
  run: () => Promise<Reply<unknown>>,
): Promise<Reply<unknown>> {
  const before = await world.fingerprint(who);
  const reply = await run();
  expect(await world.fingerprint(who)).toBe(before);
  expect(JSON.stringify(reply)).not.toContain(SECRET);
  return reply;
}

test('the registry is known: every command has a case here, and every case a command', () => {
  expect(namesOf('member').sort()).toEqual(Object.keys(MEMBER_CASES).sort());
  expect(namesOf('visitor').sort()).toEqual(Object.keys(VISITOR_CASES).sort());
});

describe.each(namesOf('member'))('member %s', (name) => {
  const { prepare, others } = MEMBER_CASES[name] ?? { others: 'own' as const };

  test('I11: nobody but who may does it, and who may does', async () => {
    if (!prepare) throw new Error(`no case for the command ${name}: write one`);
    const { actor, input } = await prepare(world);
    const body = { name, input };
    const command = '/api/v1/member/command';

    // Nobody, a visitor, a page of another site with the member's cookie.
    const { authorization } = world.tokenOf(await world.visitor());
    const nobody: [Record<string, string>, string][] = [
      [{ origin: OWN_ORIGIN }, 'unauthenticated'],
      [{ origin: OWN_ORIGIN, cookie: 'member=forged' }, 'unauthenticated'],
      [{ origin: OWN_ORIGIN, authorization }, 'unauthenticated'],
      [{ ...world.cookieOf(actor), origin: 'https://evil.test' }, 'origin_refused'],
    ];
    for (const [headers, code] of nobody) {
      expect(
        codeOf(await attempt({ id: actor.id }, () => world.post(command, body, headers))),
      ).toBe(code);
    }
    // The owner of another workspace, under their own name and asking for ours.
    const abroad = await attempt(world.stranger, () => world.asMember(world.stranger, name, input));
    expect(codeOf(abroad)).toBe(others === 'own' ? 'ok' : 'not_found');
    for (const ours of [world.home.id, world.home.queueId, world.ada.id, world.bo.id]) {
      expect(JSON.stringify(abroad)).not.toContain(ours);
    }
    const posed = `${command}?workspaceId=${world.home.id}`;
    const asOurs = () => world.post(posed, body, world.cookieOf(world.stranger));
    expect(codeOf(await attempt(world.stranger, asOurs))).toBe('unauthenticated');
    // An agent of no queue of ours.
    const outside = await attempt(world.outsider, () =>
      world.asMember(world.outsider, name, input),
    );
    expect(codeOf(outside)).toBe(others === 'own' ? 'ok' : 'not_found');
    // One who sees it, and holds no part in it.
    if (others !== 'own' && others !== 'seen') {
      const beside = () =>
        world.asMember(world.colleague, name, {
          ...input,
          ...(input.clientKey ? { clientKey: newKey() } : {}),
        });
      expect(codeOf(await attempt(world.colleague, beside))).toBe(others);
    }
    expect(await world.asMember(actor, name, input)).toMatchObject({ ok: true });
  });
});

describe.each(namesOf('visitor'))('visitor %s', (name) => {
  const { prepare, others } = VISITOR_CASES[name] ?? { others: 'own' as const };

  test('I11 I12: nobody but the visitor whose it is does it', async () => {
    if (!prepare) throw new Error(`no case for the command ${name}: write one`);
    const { actor, input } = await prepare(world);
    const body = { name, input };
    const command = '/api/v1/visitor/command';
    const me = { id: actor.visitorId, contactId: actor.contactId };

    const token = world.tokenOf(actor).authorization;
    const nobody: [Record<string, string>, string][] = [
      [{ origin: OWN_ORIGIN }, 'unauthenticated'],
      [{ ...world.cookieOf(world.ada) }, 'unauthenticated'],
      [{ origin: OWN_ORIGIN, authorization: `${token.slice(0, -4)}AAAA` }, 'token_invalid'],
      [{ origin: 'https://evil.test', authorization: token }, 'origin_refused'],
    ];
    for (const [headers, code] of nobody) {
      expect(codeOf(await attempt({ id: me.id }, () => world.post(command, body, headers)))).toBe(
        code,
      );
    }
    for (const other of [await world.visitor(), await world.visitor(world.abroad)]) {
      const who = { id: other.visitorId, contactId: other.contactId };
      const reply = await attempt(who, () => world.asVisitor(other, name, input));
      expect(codeOf(reply)).toBe(others === 'own' ? 'ok' : 'not_found');
      for (const inside of [me.id, me.contactId, world.ada.id, world.home.queueId]) {
        expect(JSON.stringify(reply)).not.toContain(inside);
      }
    }
    const mine = await world.asVisitor(actor, name, input);
    expect(mine).toMatchObject({ ok: true });
    // I12: also the rightful one is told nothing internal.
    for (const inside of [world.home.id, world.home.queueId, world.ada.id, me.contactId]) {
      expect(JSON.stringify(mine)).not.toContain(inside);
    }
  });
});

test('I11: a visitor who opens under another’s conversation id ends up nowhere near it', async () => {
  const conversationId = await world.queued();
  for (const other of [await world.visitor(), await world.visitor(world.abroad)]) {
    const who = { id: other.visitorId, contactId: other.contactId };
    const input = {
      conversationId,
      clientKey: newKey(),
      text: 'Mine?',
      open: { previousId: conversationId },
    };
    expect(codeOf(await attempt(who, () => world.asVisitor(other, 'message.send', input)))).toBe(
      'not_found',
    );
  }
});

test('a lesser role: only a supervisor takes a conversation from somebody', async () => {
  const conversationId = await world.served(world.bo);
  const take = (clientKey: string) => ({ conversationId, clientKey, override: true });
  const asAgent = () => world.asMember(world.colleague, 'conversation.take', take(newKey()));
  expect(codeOf(await attempt(world.colleague, asAgent))).toBe('forbidden');
  const taken = await world.asMember(world.supervisor, 'conversation.take', take(newKey()));
  expect(taken).toMatchObject({ ok: true, data: { row: { ownerId: world.supervisor.id } } });
});

test('I11: a command nobody registered, or of the other audience, is refused', async () => {
  const visitor = await world.visitor();
  for (const name of ['constructor', '__proto__', 'desk.open', 'note.add', '']) {
    expect(codeOf(await world.asVisitor(visitor, name, {}))).toBe('invalid_input');
  }
  for (const name of ['constructor', 'page.view', 'contact.leave']) {
    expect(codeOf(await world.asMember(world.ada, name, {}))).toBe('invalid_input');
  }
});
