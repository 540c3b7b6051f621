import { expect } from '@playwright/test';
import { Agent } from './support/agent.ts';
import { parlour, siteKey } from './support/identity.ts';
import { test } from './support/scene.ts';
import { Visitor } from './support/visitor.ts';

test('two devices of one person are in step, reads included', async ({ browser, scene }) => {
  const team = await scene.teamOf(['Ann']);
  const sign = await siteKey(team);
  const ann = await Agent.open(browser, team.members.Ann);
  const laptop = await scene.newVisitor();
  const phone = await scene.newVisitor({ viewport: { width: 390, height: 800 } });
  for (const device of [laptop, phone]) {
    await device.page.goto(scene.shop.origin);
    await parlour(device.page, 'setUser', await sign('customer-7', 'Nora'));
  }
  await laptop.open();
  await laptop.send('Sent from the laptop');
  await ann.accept();
  await expect(ann.page.getByText('Nora').first()).toBeVisible();

  await phone.open();
  await phone.sees('Sent from the laptop');
  await phone.send('Sent from the phone');
  await laptop.sees('Sent from the phone');
  await ann.reply('Read me anywhere');
  await laptop.sees('Read me anywhere');
  await phone.sees('Read me anywhere');
  await laptop.expectOnce('Sent from the laptop', 'Sent from the phone', 'Read me anywhere');
});

test('two tabs of one browser are one visitor', async ({ browser, scene }) => {
  const team = await scene.teamOf(['Ann']);
  const ann = await Agent.open(browser, team.members.Ann);
  const first = await scene.newVisitor();
  await first.visit(scene.shop.origin);
  await first.send('From the first tab');
  await ann.accept();
  const second = new Visitor(await first.context.newPage());
  await second.page.goto(`${scene.shop.origin}/lamps`);
  await second.open();
  await second.sees('From the first tab');
  await second.send('From the second tab');
  await first.sees('From the second tab');
  await ann.reply('One conversation');
  for (const tab of [first, second]) {
    await tab.expectOnce('From the first tab', 'From the second tab', 'One conversation');
  }
  await ann.expectOnce('From the first tab', 'From the second tab');
});

test('a shared computer: nobody inherits anybody’s conversation', async ({ browser, scene }) => {
  const team = await scene.teamOf(['Ann']);
  const sign = await siteKey(team);
  const ann = await Agent.open(browser, team.members.Ann);
  const visitor = await scene.newVisitor();
  await visitor.page.goto(scene.shop.origin);
  await parlour(visitor.page, 'setUser', await sign('alice', 'Alice'));
  await visitor.open();
  await visitor.send('My order number is a secret');
  await ann.accept();
  await ann.reply('Understood, Alice');
  await visitor.sees('Understood, Alice');

  // The shop signs Alice out and Bob in, without a reload in between.
  await parlour(visitor.page, 'logout');
  await parlour(visitor.page, 'setUser', await sign('bob', 'Bob'));
  await expect(visitor.panel.getByText('My order number is a secret')).toHaveCount(0);
  await visitor.page.goto(scene.shop.origin);
  await parlour(visitor.page, 'setUser', await sign('bob', 'Bob'));
  await visitor.open();
  await expect(visitor.composer).toBeVisible();
  await expect(visitor.panel.getByText(/secret|Alice/)).toHaveCount(0);
  await visitor.send('Hi, Bob speaking');
  await expect(ann.offer).toContainText('Bob');

  // Alice finds hers again, on any computer.
  const home = await scene.newVisitor();
  await home.page.goto(scene.shop.origin);
  await parlour(home.page, 'setUser', await sign('alice', 'Alice'));
  await home.open();
  await home.sees('Understood, Alice');
});

test('nobody is there: the offline form, and an agent answers later', async ({
  browser,
  scene,
}) => {
  const team = await scene.teamOf(['Ann']);
  const visitor = await scene.newVisitor();
  await visitor.visit(scene.shop.origin);
  await visitor.panel.getByRole('textbox', { name: 'How can we help?' }).fill('My parcel is lost');
  await visitor.panel.getByRole('textbox', { name: 'E-mail' }).fill('nora@example');
  await visitor.panel.getByRole('button', { name: 'Send message' }).click();
  await expect(visitor.panel.getByText('Enter an e-mail address', { exact: false })).toBeVisible();
  await visitor.panel.getByRole('textbox', { name: 'E-mail' }).fill('nora@example.com');
  await visitor.panel.getByRole('textbox', { name: 'Name (optional)' }).fill('Nora');
  await visitor.panel.getByRole('button', { name: 'Send message' }).click();
  await visitor.sees('My parcel is lost');
  await expect(visitor.panel.getByText('We’ll reply to nora@example.com')).toBeVisible();

  const ann = await Agent.open(browser, team.members.Ann, { available: false });
  await ann.page.getByRole('link', { name: /^All open/ }).click();
  await ann.page.getByText('My parcel is lost').first().click();
  await ann.sees('Left contact details: Nora · nora@example.com');
  await ann.page.getByRole('button', { name: 'Take', exact: true }).click();
  await ann.reply('Found it, it arrives tomorrow');
  await visitor.sees('Found it, it arrives tomorrow');
});
