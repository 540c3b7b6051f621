import { expect } from '@playwright/test';
import { Agent } from './support/agent.ts';
import { test } from './support/scene.ts';

test('from the first visit to the rating', async ({ browser, scene }) => {
  const team = await scene.teamOf(['Ann']);
  const ann = await Agent.open(browser, team.members.Ann);
  const visitor = await scene.newVisitor();

  await visitor.visit(scene.shop.origin);
  await expect(visitor.panel.getByText('Hello, how can we help?')).toBeVisible();
  await visitor.send('Do you ship to Norway?');
  await visitor.sees('Do you ship to Norway?');

  await expect(ann.offer).toContainText('Do you ship to Norway?');
  await expect(ann.offer.getByRole('timer')).toBeVisible();
  await ann.accept();
  await ann.sees('Do you ship to Norway?');
  await expect(visitor.panel.getByRole('heading', { name: 'Ann' })).toBeVisible();
  // Read by the agent, who has it open.
  await expect(visitor.panel.getByText('Seen')).toBeVisible();

  await ann.composer.pressSequentially('Yes, we do');
  await expect(visitor.panel.getByText('Ann is typing')).toBeAttached();
  await ann.composer.press('Enter');
  await visitor.sees('Yes, we do');
  await visitor.composer.pressSequentially('Wonder');
  await expect(ann.page.getByText(/is typing/)).toBeVisible();
  await visitor.composer.pressSequentially('ful!');
  await visitor.composer.press('Enter');
  await ann.sees('Wonderful!');

  await ann.note('Asked for Norway twice this week');
  await ann.sees('Asked for Norway twice this week');
  await expect(visitor.panel.getByText('Norway twice')).toHaveCount(0);

  // Ending without an answer is asked about first.
  await ann.end();
  const asked = ann.page.getByRole('alertdialog', { name: 'End without an answer?' });
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await ann.reply('Glad to help');
  await visitor.sees('Glad to help');
  await ann.end();
  await expect(visitor.status).toHaveText('Conversation ended');
  await ann.finish();
  await visitor.panel.getByRole('radio', { name: '4 stars' }).check();
  await visitor.panel.getByRole('textbox', { name: /add/ }).fill('Quick and kind');
  await visitor.panel.getByRole('button', { name: 'Send feedback' }).click();
  await expect(visitor.panel.getByText('You rated this conversation 4 out of 5')).toBeVisible();
  await ann.sees('Rated 4 of 5');

  // Writing again opens a new conversation, which knows the old one.
  await visitor.panel.getByRole('button', { name: 'Start a new conversation' }).click();
  await visitor.send('One more thing');
  await expect(ann.offer).toContainText('One more thing');
  await ann.accept();
  await expect(ann.page.getByText('Glad to help')).toBeVisible();
});
