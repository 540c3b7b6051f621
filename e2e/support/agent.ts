import {
  type Browser,
  type BrowserContext,
  expect,
  type Locator,
  type Page,
} from '@playwright/test';
import { contextOf, DESK, type TeamMember } from './desk.ts';

const opened: BrowserContext[] = [];

/** Ends every console of the test: left open, they go on receiving what the next ones do. */
export async function closeAgents(): Promise<void> {
  for (const context of opened.splice(0)) await context.close();
}

/** A member's browser with the console open. */
export class Agent {
  readonly member: TeamMember;
  readonly page: Page;
  readonly context: BrowserContext;

  private constructor(member: TeamMember, context: BrowserContext, page: Page) {
    this.member = member;
    this.context = context;
    this.page = page;
  }

  /** Signs in and opens the inbox; `available` agents are offered conversations at once. */
  static async open(
    browser: Browser,
    member: TeamMember | undefined,
    options: { available?: boolean } & Parameters<Browser['newContext']>[0] = {},
  ): Promise<Agent> {
    if (!member) throw new Error('no such member in the team');
    const { available = true, ...rest } = options;
    const page = await Agent.openPage(browser, member, rest);
    const agent = Agent.at(page, member);
    await expect(agent.account).toBeVisible();
    if (available) await agent.setAvailability('Available');
    return agent;
  }

  /** A signed-in page at the inbox, in a browser context of its own. */
  static async openPage(
    browser: Browser,
    member: TeamMember,
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<Page> {
    const context = await contextOf(browser, member, options);
    opened.push(context);
    const page = await context.newPage();
    await page.goto(`${DESK}/inbox`);
    return page;
  }

  /** A console that is open already. */
  static at(page: Page, member: TeamMember): Agent {
    return new Agent(member, page.context(), page);
  }

  get account(): Locator {
    return this.page.getByRole('button', { name: 'Account and settings' });
  }

  get offer(): Locator {
    return this.page.getByRole('region', { name: 'Incoming' });
  }

  get log(): Locator {
    return this.page.getByRole('region', { name: 'Messages' }).getByRole('log');
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Reply to|^Note$/ });
  }

  async setAvailability(choice: 'Available' | 'Busy' | 'Away'): Promise<void> {
    await this.account.click();
    await this.page.getByRole('menuitemradio', { name: new RegExp(`^${choice}`) }).click();
    await this.page.keyboard.press('Escape');
    await expect(this.account).toContainText(choice);
  }

  async accept(): Promise<void> {
    await this.offer.getByRole('button', { name: 'Accept' }).click();
    await expect(this.composer).toBeVisible();
  }

  async decline(): Promise<void> {
    await this.offer.getByRole('button', { name: 'Decline' }).click();
    await expect(this.offer).toBeHidden();
  }

  async reply(text: string): Promise<void> {
    // Not `composer`: just after taking a conversation the editor may still be the note's.
    const editor = this.page.getByRole('textbox', { name: /^Reply to/ });
    await editor.fill(text);
    await editor.press('Enter');
    await expect(editor).toHaveValue('');
  }

  async note(text: string): Promise<void> {
    await this.page.getByRole('radio', { name: 'Note' }).click();
    await this.page.getByRole('textbox', { name: 'Note' }).fill(text);
    await this.page.getByRole('textbox', { name: 'Note' }).press('Enter');
    await this.page.getByRole('radio', { name: 'Reply' }).click();
  }

  async sees(text: string | RegExp): Promise<void> {
    await expect(this.log.getByText(text).last()).toBeVisible();
  }

  async expectOnce(...texts: string[]): Promise<void> {
    for (const text of texts)
      await expect(this.log.getByText(text, { exact: true })).toHaveCount(1);
  }

  /** Opens the transfer dialog and asks a member or a queue, by its id. */
  async transferTo(kind: 'Member' | 'Queue', id: string, note?: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Transfer', exact: true }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Transfer conversation' });
    if (kind === 'Queue') await dialog.getByRole('radio', { name: 'Queue', exact: true }).click();
    // Names recur over the run's teams; ids do not.
    await dialog.locator(`[role=radio][value="${id}"]`).click();
    if (note) await dialog.getByRole('textbox', { name: /^Note/ }).fill(note);
    await dialog.getByRole('button', { name: 'Transfer', exact: true }).click();
    await expect(dialog).toBeHidden();
  }

  async end(): Promise<void> {
    await this.page.getByRole('button', { name: 'End', exact: true }).click();
  }

  async finish(): Promise<void> {
    await this.page.getByRole('button', { name: 'Finish', exact: true }).click();
  }
}
