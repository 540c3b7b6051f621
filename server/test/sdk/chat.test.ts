import { afterAll, beforeAll, expect, it } from 'vitest';
import { memberShows as heard, visitorShows as said } from './shows.ts';
import { createStage, type Stage, until } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

it('a visitor is offered to a member, they talk, it ends, and writing again opens another (S17)', async () => {
  const lin = await stage.desk.member('Lin');
  const agent = stage.member(lin, { direct: true });
  const notices: string[] = [];
  agent.onNotice((notice) => notices.push(notice.kind));
  agent.start();
  await until('agent is online', () => agent.getState().desk !== null);
  expect((await agent.setAvailability('available')).ok).toBe(true);

  const visitor = stage.visitor({ direct: true });
  visitor.start();
  await until('visitor is online', () => visitor.getState().connection.kind === 'online');
  expect(visitor.getState().channel?.title).toBe('Hello');
  expect(visitor.send('  ')).toMatchObject({ ok: false, error: { code: 'text_empty' } });
  expect(visitor.send('hi').ok).toBe(true);
  expect(said(visitor)).toEqual(['…hi']);
  await until('offered', () => agent.getState().offers.length === 1);
  const id = agent.getState().offers[0]?.id ?? '';
  expect(notices).toEqual(['offer']);
  expect(agent.getState().inbox.mine.ids).toEqual([id]);
  const accepted = await agent.acceptOffer(id);
  expect(accepted).toMatchObject({ ok: true, data: { row: { phase: 'serving' } } });
  expect(agent.getState().offers).toEqual([]);
  await until('serving', () => visitor.getState().thread.stage === 'serving');
  expect(visitor.getState().thread.agent).toEqual({ name: 'Lin' });

  agent.openConversation(id);
  await until('opened', () => heard(agent, id).length === 1);
  const messages: string[] = [];
  visitor.onMessage(({ event }) => messages.push(event.text));
  agent.send(id, 'hello');
  agent.addNote(id, 'a note');
  agent.send(id, 'how can I help?');
  visitor.send('a question');
  await until('heard', () => said(visitor).length === 4 && heard(agent, id).length === 5);
  expect(said(visitor).filter((text) => text !== 'a question')).toEqual([
    'hi',
    'hello',
    'how can I help?',
  ]);
  expect(heard(agent, id)).toContain('a note');
  expect(messages).toEqual(['hello', 'how can I help?']);
  expect(visitor.getState().unread).toBe(2);
  visitor.read();
  expect(visitor.getState().unread).toBe(0);
  await until('agent sees it read', () => {
    const thread = agent.getState().threads[id];
    return thread !== undefined && thread.visitorReadSeq >= (thread.row?.lastAgentSeq ?? 99);
  });
  agent.read(id);
  await until('visitor sees it read', () => visitor.getState().thread.agentReadSeq > 0);
  agent.setTyping(id, true);
  await until('typing is shown', () => visitor.getState().thread.typing === 'Lin');
  visitor.setTyping(true);
  await until('typing is shown', () => agent.getState().threads[id]?.typing?.kind === 'visitor');
  await until('typing is forgotten', () => visitor.getState().thread.typing === null);

  expect(await agent.end(id)).toMatchObject({ ok: true });
  await until('ended', () => visitor.getState().thread.stage === 'ended');
  await until('rating is asked', () => visitor.getState().thread.ratingAsked);
  expect(await visitor.rate(5, 'great')).toEqual({ ok: true, data: null });
  await until('rated', () => visitor.getState().thread.rating === 5);
  await agent.finishWrapup(id);
  await until('closed', () => visitor.getState().thread.open === false);
  expect(await visitor.end()).toEqual({ ok: true, data: null });
  visitor.send('one more thing');
  await until('a new one', () => visitor.getState().conversations.length === 2);
  const next = visitor.getState().thread.conversationId;
  expect(next).not.toBe(id);
  const { rows } = await stage.pool.query('SELECT previous_id FROM conversation WHERE id = $1', [
    next,
  ]);
  expect(rows[0]).toEqual({ previous_id: id });
  agent.destroy();
  visitor.destroy();
});
