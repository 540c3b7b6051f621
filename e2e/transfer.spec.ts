import { expect } from '@playwright/test';
import { Agent } from './support/agent.ts';
import { test } from './support/scene.ts';

/** Ann serves a visitor, Ben is free. */
async function served(
  browser: Parameters<typeof Agent.open>[0],
  scene: Parameters<Parameters<typeof test>[2]>[0]['scene'],
  offerSeconds: number,
) {
  const team = await scene.teamOf(['Ann', 'Ben'], { offerSeconds });
  const ann = await Agent.open(browser, team.members.Ann);
  const visitor = await scene.newVisitor();
  await visitor.visit(scene.shop.origin);
  await visitor.send('My lamp is broken');
  await ann.accept();
  await ann.reply('Let me find somebody');
  const ben = await Agent.open(browser, team.members.Ben);
  return { team, ann, ben, visitor };
}

test('a transfer accepted: the owner keeps it until then, the note stays inside', async ({
  browser,
  scene,
}) => {
  const { ann, ben, visitor } = await served(browser, scene, 30);
  await ann.transferTo('Member', ben.member.id, 'Second time it broke');
  await expect(ben.offer).toContainText('Transfer from Ann');
  // The owner may answer until the other accepts.
  await ann.reply('A colleague is on the way');
  await visitor.sees('A colleague is on the way');
  await ben.accept();
  await ben.sees('Second time it broke');
  await expect(visitor.panel.getByRole('heading', { name: 'Ben' })).toBeVisible();
  await ben.reply('Ben here');
  await visitor.sees('Ben here');
  await expect(visitor.panel.getByText('Second time it broke')).toHaveCount(0);
  await visitor.send('Thank you both');
  await ben.expectOnce('My lamp is broken', 'A colleague is on the way', 'Thank you both');
  // Ann has nothing left on her plate and cannot reply any more.
  await expect(ann.page.getByRole('textbox', { name: /^Reply to/ })).toHaveCount(0);
});

test('I7: a transfer declined leaves the owner as it was', async ({ browser, scene }) => {
  const { ann, ben, visitor } = await served(browser, scene, 30);
  await ann.transferTo('Member', ben.member.id);
  await ben.decline();
  await ann.sees('Ben declined the transfer');
  await ann.reply('Still me');
  await visitor.sees('Still me');
  await expect(visitor.panel.getByRole('heading', { name: 'Ann' })).toBeVisible();
});

test('I7: a transfer that expires leaves the owner as it was', async ({ browser, scene }) => {
  const { ann, ben, visitor } = await served(browser, scene, 6);
  await ann.transferTo('Member', ben.member.id);
  await expect(ben.offer).toBeVisible();
  await expect(ben.offer).toBeHidden({ timeout: 15_000 });
  await ann.sees('Ben did not answer the transfer');
  await ann.reply('Still me');
  await visitor.sees('Still me');
});
