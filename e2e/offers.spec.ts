import { expect } from '@playwright/test';
import { Agent } from './support/agent.ts';
import { test } from './support/scene.ts';

test('an offer that expires goes to the second agent', async ({ browser, scene }) => {
  const team = await scene.teamOf(['Ann', 'Ben'], { offerSeconds: 6 });
  const agents = [
    await Agent.open(browser, team.members.Ann),
    await Agent.open(browser, team.members.Ben),
  ] as const;
  const visitor = await scene.newVisitor();
  await visitor.visit(scene.shop.origin);
  await visitor.send('Anybody?');

  await expect
    .poll(async () => (await Promise.all(agents.map((a) => a.offer.isVisible()))).filter(Boolean))
    .toHaveLength(1);
  const [silent, second] = (await agents[0].offer.isVisible())
    ? agents
    : ([agents[1], agents[0]] as const);
  await expect(second.offer).toBeVisible({ timeout: 15_000 });
  await expect(silent.offer).toBeHidden();
  await second.accept();
  await second.sees(`The offer to ${silent.member.name} expired`);
  await expect(visitor.panel.getByRole('heading', { name: second.member.name })).toBeVisible();

  // Who let it ring is told why they are away now, after a reload too, until they are back.
  const notice = silent.page.getByText('You missed an offer and were set to Away.');
  await expect(notice).toBeVisible();
  await expect(silent.account).toContainText('Away');
  await silent.page.reload();
  await expect(notice).toBeVisible();
  await expect(second.page.getByRole('button', { name: 'I’m back' })).toBeHidden();
  await silent.page.getByRole('button', { name: 'I’m back' }).click();
  await expect(notice).toBeHidden();
  await expect(silent.account).toContainText('Available');
});

test('a declined offer goes on and comes back to nobody twice', async ({ browser, scene }) => {
  const team = await scene.teamOf(['Ann'], { offerSeconds: 30 });
  const ann = await Agent.open(browser, team.members.Ann);
  const visitor = await scene.newVisitor();
  await visitor.visit(scene.shop.origin);
  await visitor.send('Hello?');
  await expect(ann.offer).toBeVisible();
  await ann.decline();

  // It waits in the queue, visible to who declined, and can be taken by hand.
  await ann.page.getByRole('link', { name: /^Queue/ }).click();
  await ann.page.getByRole('link', { name: /Hello\?/ }).click();
  await ann.page.getByRole('button', { name: 'Take', exact: true }).click();
  await ann.reply('Here I am');
  await visitor.sees('Here I am');
});
