import { demoAllowed } from '#lib/auth/demo.ts';
import { type Env, isLoopback } from '#lib/env.ts';
import { bold, cyan, dim, elapsed, yellow } from './progress.mjs';
import type { SeedReport } from './seed.ts';

/** The text shown once everything runs. `since` is a `performance.now()`. */
export function welcome(settings: Env, report: SeedReport, since: number, mode: string): string {
  const { publicUrl } = settings;
  const lines = ['', `${bold('Parlour is ready')} ${dim(`(${mode}, ${elapsed(since)})`)}`, ''];
  if (report.code) {
    lines.push(`  Set up     ${cyan(`${publicUrl}/setup`)}`);
    lines.push(
      `  Code       ${bold(report.code)}  ${dim('works once; whoever enters it first becomes the owner')}`,
    );
  } else {
    lines.push(`  Console    ${cyan(`${publicUrl}/`)}`);
    if (demoAllowed(settings)) lines.push(`  Demo shop  ${cyan(`${publicUrl}/demo`)}`);
  }
  if (!isLoopback(settings.host) && isLoopback(new URL(publicUrl).hostname)) {
    lines.push(
      '',
      yellow('  Others can reach this desk, but PUBLIC_URL does not say under which address:'),
      yellow(
        '  signing in from elsewhere is refused. Set it, e.g. PUBLIC_URL=http://192.0.2.7:3000',
      ),
    );
  }
  if (report.accounts?.length) {
    const width = Math.max(...report.accounts.map((account) => account.email.length));
    lines.push(
      '',
      `  ${bold('Demo sign-ins')} ${dim('shown this once, valid on this machine only')}`,
    );
    for (const { email, password, role, name } of report.accounts) {
      lines.push(
        `  ${email.padEnd(width)}  ${bold(password)}  ${dim([name, role].filter(Boolean).join(', '))}`,
      );
    }
  }
  lines.push('', dim(`  Data and logs: ${settings.dataDir} · Ctrl-C stops everything`), '');
  return lines.join('\n');
}
