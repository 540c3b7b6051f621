import { defineConfig, devices } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './scripts/launcher/browser/find.ts';
import { freePort } from './scripts/launcher/port.mjs';

// Workers read this file again: what is found once reaches them through the environment.
if (!process.env.PARLOUR_E2E_BROWSER) {
  const browser = await findBrowser();
  process.env.PARLOUR_E2E_BROWSER = JSON.stringify(browser);
  process.env.PARLOUR_E2E_PORT = String(await freePort());
}
const browser: { path: string; env: Record<string, string> } = JSON.parse(
  process.env.PARLOUR_E2E_BROWSER,
);

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/global-setup.ts',
  outputDir: 'test-results',
  // Journeys share one desk, as visitors and agents do; a file keeps to channels and members of its own.
  fullyParallel: false,
  workers: process.env.PARLOUR_E2E_WORKERS ? Number(process.env.PARLOUR_E2E_WORKERS) : 2,
  forbidOnly: true,
  retries: 0,
  // Generous: a loaded machine is slow, not wrong.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: `http://localhost:${process.env.PARLOUR_E2E_PORT}`,
    locale: 'en-US',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: browser.path,
      args: [
        ...BROWSER_FLAGS,
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
      ],
      env: { ...process.env, ...browser.env } as Record<string, string>,
    },
  },
});
