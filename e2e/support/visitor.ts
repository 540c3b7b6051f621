import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test';

/** A visitor's page with the widget in it. */
export class Visitor {
  readonly page: Page;
  readonly panel: FrameLocator;

  constructor(page: Page) {
    this.page = page;
    this.panel = page.frameLocator('parlour-widget iframe');
  }

  /** Goes to a page of the shop and opens the panel. */
  async visit(url: string): Promise<void> {
    await this.page.goto(url);
    await this.open();
  }

  async open(): Promise<void> {
    await this.page.getByRole('button', { name: /^Open chat/ }).click();
    await expect(this.panel.getByRole('dialog')).toBeVisible();
  }

  get composer(): Locator {
    return this.panel.getByRole('textbox', { name: 'Write a message' });
  }

  get log(): Locator {
    return this.panel.getByRole('log', { name: 'Messages' });
  }

  /** The line under the title: where things stand. */
  get status(): Locator {
    return this.panel.getByRole('banner').getByRole('status');
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
    await expect(this.composer).toHaveValue('');
  }

  async sees(text: string | RegExp): Promise<void> {
    await expect(this.log.getByText(text).last()).toBeVisible();
  }

  /** How often a text stands in the conversation: exactly once is the promise. */
  async expectOnce(...texts: string[]): Promise<void> {
    for (const text of texts)
      await expect(this.log.getByText(text, { exact: true })).toHaveCount(1);
  }
}
