import { expect } from '@playwright/test';
import { Agent } from './support/agent.ts';
import { configure, DESK, type TeamMember } from './support/desk.ts';
import { composeAndConfirm, expectFocusKept, tabTo } from './support/keyboard.ts';
import { test } from './support/scene.ts';

test('the console without a mouse: from the sign-in to the end of a conversation', async ({
  browser,
  page,
  scene,
}) => {
  const team = await scene.teamOf(['Ann', 'Bruno']);
  const { Ann, Bruno } = team.members as { Ann: TeamMember; Bruno: TeamMember };
  const tag = `kb${Date.now().toString(36)}`;
  for (const [name, body] of [
    ['hello', 'Hello, and welcome'],
    ['thanks', 'Thanks for waiting'],
  ] as const) {
    await configure(team.owner, 'canned-reply.create', { shortcut: `${tag}-${name}`, body });
  }
  const keys = page.keyboard;

  // Sign-in: the first field has the focus already.
  await page.goto(`${DESK}/sign-in`);
  await expect(page.getByRole('textbox', { name: 'E-mail' })).toBeFocused();
  await keys.type('nobody@example.test');
  await keys.press('Tab');
  await keys.type('wrong password');
  await keys.press('Enter');
  await expect(page.getByText('E-mail and password do not match.')).toBeVisible();
  await tabTo(page, page.getByRole('textbox', { name: 'E-mail' }), 'Shift+Tab');
  await keys.press('ControlOrMeta+A');
  await keys.type(Ann.email);
  await keys.press('Tab');
  await keys.press('ControlOrMeta+A');
  await keys.type(Ann.password);
  await keys.press('Enter');
  const account = page.getByRole('button', { name: 'Account and settings' });
  await expect(account).toBeVisible();

  await test.step('the first Tab leads past the navigation', async () => {
    await keys.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
    await keys.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();
  });

  await test.step('availability', async () => {
    await tabTo(page, account, 'Shift+Tab');
    await keys.press('Enter');
    await expect(page.getByRole('menu')).toBeVisible();
    const available = page.getByRole('menuitemradio', { name: /^Available/ });
    for (let i = 0; i < 4 && !(await available.evaluate((e) => e === document.activeElement)); i++)
      await keys.press('ArrowDown');
    await keys.press('Enter');
    await expect(account).toContainText('Available');
    await expect(page.getByRole('menu')).toBeHidden();
    await expect(account).toBeFocused();
  });

  const offer = page.getByRole('region', { name: 'Incoming' });
  const editor = page.getByRole('textbox', { name: /^Reply to|^Note$/ });
  const log = page.getByRole('region', { name: 'Messages' }).getByRole('log');

  const first = await scene.newVisitor();
  await test.step('D declines', async () => {
    await first.visit(scene.shop.origin);
    await first.send('Declined at first');
    await expect(offer).toContainText('Declined at first');
    await keys.press('d');
    await expect(offer).toBeHidden();
    await expectFocusKept(page);
  });

  const second = await scene.newVisitor();
  await test.step('A accepts, from the card’s own button too', async () => {
    await second.visit(scene.shop.origin);
    await second.send('Accepted by key');
    await expect(offer).toContainText('Accepted by key');
    await tabTo(page, offer.getByRole('button', { name: 'Accept' }), 'Shift+Tab');
    await keys.press('a');
    await expect(editor).toBeVisible();
    await expect(offer).toBeHidden();
    await expectFocusKept(page);
  });

  await test.step('R writes a reply, Escape leaves the editor', async () => {
    await page.getByRole('main').focus();
    await keys.press('r');
    await expect(editor).toBeFocused();
    await keys.type('a reply with the letters e, t, a and d');
    await keys.press('Enter');
    await second.sees('a reply with the letters e, t, a and d');
    await expect(editor).toBeFocused();
    await keys.press('Escape');
    await expect(editor).not.toBeFocused();
    await expectFocusKept(page);
  });

  await test.step('/ finds a canned reply, arrows choose', async () => {
    await keys.press('/');
    await expect(editor).toBeFocused();
    await keys.type(tag);
    const options = page.getByRole('option');
    await expect(options).toHaveCount(2);
    await keys.press('ArrowDown');
    await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true');
    await keys.press('Enter');
    await expect(editor).toHaveValue('Thanks for waiting');
    await keys.press('Enter');
    await second.sees('Thanks for waiting');
    await keys.type(`/${tag}`);
    await expect(options).toHaveCount(2);
    await keys.press('Escape');
    await expect(options).toHaveCount(0);
    await expect(editor).toBeFocused();
    await keys.press('ControlOrMeta+A');
    await keys.press('Backspace');
    await keys.press('Escape');
  });

  await test.step('N writes a note', async () => {
    await keys.press('n');
    await expect(page.getByRole('textbox', { name: 'Note' })).toBeFocused();
    await keys.type('Only for us');
    await keys.press('Enter');
    await expect(log.getByText('Only for us')).toBeVisible();
    await expect(second.panel.getByText('Only for us')).toHaveCount(0);
    await keys.press('Escape');
    await keys.press('r');
    await expect(page.getByRole('textbox', { name: /^Reply to/ })).toBeFocused();
    await keys.press('Escape');
  });

  await test.step('? shows the keys, which rest while it is open', async () => {
    await keys.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expect(sheet).toBeVisible();
    await keys.press('t');
    await expect(page.getByRole('dialog')).toHaveCount(1);
    await keys.press('Escape');
    await expect(sheet).toBeHidden();
    await expectFocusKept(page);
  });

  await test.step('G Q goes to the queue, J and Enter open, C takes', async () => {
    await keys.press('g');
    await keys.press('q');
    await expect(page).toHaveURL(/view=queued/);
    const row = page.getByRole('link', { name: /Declined at first/ });
    await expect(row).toBeVisible();
    for (let i = 0; i < 30 && !(await row.evaluate((e) => e === document.activeElement)); i++) {
      await keys.press('j');
      await page.waitForFunction(() => document.activeElement?.hasAttribute('data-row'));
    }
    await expect(row).toBeFocused();
    await keys.press('Enter');
    await expect(log.getByText('Declined at first')).toBeVisible();
    await keys.press('c');
    await expect(page.getByRole('textbox', { name: /^Reply to/ })).toBeVisible();
    await expectFocusKept(page);
  });

  await test.step('G M, J and K move through mine', async () => {
    await keys.press('g');
    await keys.press('m');
    const rows = page.getByRole('list', { name: 'Mine' }).getByRole('link');
    await expect(rows).toHaveCount(2);
    await keys.press('j');
    await expect(rows.first()).toBeFocused();
    await keys.press('j');
    await expect(rows.nth(1)).toBeFocused();
    await keys.press('k');
    await expect(rows.first()).toBeFocused();
    const row = page.getByRole('link', { name: /Thanks for waiting/ });
    if (!(await row.evaluate((e) => e === document.activeElement))) await keys.press('j');
    await keys.press('Enter');
    await expect(log.getByText('Accepted by key')).toBeVisible();
  });

  await test.step('T transfers to a colleague, who accepts with A', async () => {
    const bruno = await Agent.open(browser, Bruno);
    await keys.press('t');
    const dialog = page.getByRole('dialog', { name: 'Transfer conversation' });
    await expect(dialog).toBeVisible();
    await keys.press('Escape');
    await expect(dialog).toBeHidden();
    await expectFocusKept(page);
    await keys.press('t');
    await tabTo(page, dialog.getByRole('searchbox', { name: 'Find a member' }));
    await keys.type('Bruno');
    const choice = dialog.locator(`[role=radio][value="${Bruno.id}"]`);
    await tabTo(page, dialog.getByRole('radiogroup').last().getByRole('radio').first());
    for (let i = 0; i < 20 && !(await choice.evaluate((e) => e === document.activeElement)); i++)
      await keys.press('ArrowDown');
    await keys.press('Space');
    await expect(choice).toBeChecked();
    await tabTo(page, dialog.getByRole('textbox', { name: /^Note/ }));
    await keys.type('Please finish this');
    await tabTo(page, dialog.getByRole('button', { name: 'Transfer', exact: true }));
    await keys.press('Enter');
    await expect(dialog).toBeHidden();
    await expectFocusKept(page);
    await expect(bruno.offer).toContainText('Please finish this');
    await bruno.page.keyboard.press('a');
    await expect(bruno.composer).toBeVisible();
    await bruno.sees('Accepted by key');
    await expect(page.getByRole('list', { name: 'Mine' }).getByRole('link')).toHaveCount(1);
    await expectFocusKept(page);
    await bruno.context.close();
  });

  await test.step('E ends, after asking, and E again finishes', async () => {
    await keys.press('j');
    // The list moves the focus once it has drawn the row.
    await expect(page.getByRole('link', { name: /Declined at first/ })).toBeFocused();
    await keys.press('Enter');
    await expect(log.getByText('Declined at first')).toBeVisible();
    await keys.press('e');
    const asked = page.getByRole('alertdialog', { name: 'End without an answer?' });
    await expect(asked.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await keys.press('Escape');
    await expect(asked).toBeHidden();
    await expectFocusKept(page);
    await keys.press('e');
    await tabTo(page, asked.getByRole('button', { name: 'End conversation' }));
    await keys.press('Enter');
    await expect(asked).toBeHidden();
    await expect(first.status).toHaveText('Conversation ended');
    await expect(page.getByRole('button', { name: 'Finish', exact: true })).toBeVisible();
    await expectFocusKept(page);
    await keys.press('e');
    await expect(page.getByText('This conversation is closed.').first()).toBeVisible();
    await expectFocusKept(page);
    await keys.press('Escape');
    await expect(page.getByText('No conversation selected')).toBeVisible();
    await expectFocusKept(page);
  });
});

test('the panel without a mouse: open, write, end, rate, close', async ({ browser, scene }) => {
  const team = await scene.teamOf(['Ann']);
  const ann = await Agent.open(browser, team.members.Ann);
  const visitor = await scene.newVisitor();
  const { page, panel } = visitor;
  const keys = page.keyboard;
  await page.goto(scene.shop.origin);
  const launcher = page.getByRole('button', { name: /^Open chat/ });
  await expect(launcher).toBeVisible();
  await tabTo(page, launcher);
  await keys.press('Enter');
  await expect(visitor.composer).toBeFocused();
  await keys.type('By keyboard only');
  await keys.press('Shift+Enter');
  await keys.type('in two lines');
  await keys.press('Enter');
  await visitor.sees(/By keyboard only\s+in two lines/);
  await expect(visitor.composer).toBeFocused();
  await ann.accept();
  await ann.reply('Gladly');
  await visitor.sees('Gladly');
  await ann.expectOnce('Gladly');

  await tabTo(page, panel.getByRole('button', { name: 'End conversation' }), 'Shift+Tab');
  await keys.press('Enter');
  await expect(panel.getByRole('button', { name: 'Keep chatting' })).toBeFocused();
  await keys.press('Escape');
  await expect(visitor.composer).toBeFocused();
  await tabTo(page, panel.getByRole('button', { name: 'End conversation' }), 'Shift+Tab');
  await keys.press('Enter');
  await tabTo(page, panel.getByRole('button', { name: 'End', exact: true }));
  await keys.press('Enter');
  await expect(visitor.status).toHaveText('Conversation ended');
  const frame = page.frames().find((each) => each.url().includes('/widget/'));
  if (!frame) throw new Error('the panel has no frame');
  await expectFocusKept(frame);

  await tabTo(page, panel.getByRole('radio').first());
  await keys.press('Space');
  for (let i = 0; i < 3; i++) await keys.press('ArrowRight');
  await expect(panel.getByRole('radio', { name: '4 stars' })).toBeChecked();
  await tabTo(page, panel.getByRole('textbox', { name: /add/ }));
  await keys.type('No mouse needed');
  await tabTo(page, panel.getByRole('button', { name: 'Send feedback' }));
  await keys.press('Enter');
  await expect(panel.getByText('You rated this conversation 4 out of 5')).toBeVisible();
  await expectFocusKept(frame);

  await keys.press('Escape');
  await expect(page.getByRole('button', { name: /^Open chat/ })).toBeFocused();
});

test('an Enter that confirms an input method’s candidate sends nothing, on either side', async ({
  browser,
  scene,
}) => {
  const team = await scene.teamOf(['Ann']);
  const ann = await Agent.open(browser, team.members.Ann);
  const visitor = await scene.newVisitor();
  await visitor.visit(scene.shop.origin);
  const frame = visitor.page.frames().find((each) => each.url().includes('/widget/'));
  if (!frame) throw new Error('the panel has no frame');
  await visitor.composer.focus();
  await composeAndConfirm(visitor.page, frame, 'nihao', '你好');
  await expect(visitor.composer).toHaveValue('你好');
  await expect(visitor.log.getByText('nihao')).toHaveCount(0);
  await visitor.composer.press('Enter');
  await visitor.expectOnce('你好');
  await expect(visitor.composer).toHaveValue('');

  await ann.accept();
  await ann.sees('你好');
  await ann.composer.focus();
  await composeAndConfirm(ann.page, ann.page, 'huanying', '欢迎');
  await expect(ann.composer).toHaveValue('欢迎');
  await ann.composer.press('Enter');
  await visitor.sees('欢迎');
  await ann.expectOnce('欢迎');
  await expect(visitor.log.getByText('huanying')).toHaveCount(0);
});
