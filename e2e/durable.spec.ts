import { expect } from '@playwright/test';
import { Agent } from './support/agent.ts';
import { test } from './support/scene.ts';

test('both sides reload in the middle: nothing lost, nothing doubled, drafts kept', async ({
  browser,
  scene,
}) => {
  const team = await scene.teamOf(['Ann']);
  const ann = await Agent.open(browser, team.members.Ann);
  const visitor = await scene.newVisitor();
  await visitor.visit(scene.shop.origin);
  await visitor.send('one');
  await ann.accept();
  await ann.reply('two');
  await visitor.sees('two');
  await visitor.composer.fill('half a thought');
  await ann.composer.fill('half an answer');

  await visitor.page.goto(`${scene.shop.origin}/lamps`);
  await visitor.open();
  await ann.page.reload();
  await expect(visitor.composer).toHaveValue('half a thought');
  await expect(ann.composer).toHaveValue('half an answer');
  await visitor.composer.press('Enter');
  await ann.composer.press('Enter');
  const all = ['one', 'two', 'half a thought', 'half an answer'];
  await visitor.expectOnce(...all);
  await ann.expectOnce(...all);
  await expect(ann.page.getByRole('link', { name: /Shop \/lamps/ })).toBeVisible();
});

test('what is typed without a network survives a reload and arrives once, in order', async ({
  browser,
  scene,
}) => {
  const team = await scene.teamOf(['Ann']);
  const ann = await Agent.open(browser, team.members.Ann);
  const visitor = await scene.newVisitor();
  await visitor.visit(scene.shop.origin);
  await visitor.send('before');
  await ann.accept();
  await expect(visitor.panel.getByRole('heading', { name: 'Ann' })).toBeVisible();

  await visitor.context.setOffline(true);
  const typed = ['first offline', 'second offline', 'third offline'];
  for (const text of typed) await visitor.send(text);
  await expect(visitor.panel.getByText('Waiting for the network', { exact: false })).toBeVisible();
  await ann.reply('while you were away');
  // The page itself cannot load without a network: it comes back with the network, outbox first.
  await visitor.context.setOffline(false);
  await visitor.page.reload();
  await visitor.open();
  await visitor.sees('while you were away');
  await visitor.expectOnce('before', ...typed, 'while you were away');
  await ann.expectOnce('before', ...typed, 'while you were away');
  const shown = (await ann.log.allInnerTexts()).join('\n');
  const places = typed.map((text) => shown.indexOf(text));
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test('an agent without a network: the reply waits and arrives once', async ({ browser, scene }) => {
  const team = await scene.teamOf(['Ann']);
  const ann = await Agent.open(browser, team.members.Ann);
  const visitor = await scene.newVisitor();
  await visitor.visit(scene.shop.origin);
  await visitor.send('Are you there?');
  await ann.accept();
  await ann.context.setOffline(true);
  await ann.reply('Yes, on a train');
  await expect(ann.log.getByText('Waits for the connection')).toBeVisible();
  await ann.context.setOffline(false);
  await visitor.sees('Yes, on a train');
  await ann.expectOnce('Yes, on a train');
  await visitor.expectOnce('Yes, on a train');
});
