import { z } from 'zod';
import { PASSWORD } from '#lib/auth/password.ts';
import { LIMITS } from '#lib/protocol/limits.ts';

/** Keys below `auth.issues` in the messages. */
export type IssueKey =
  | 'emailInvalid'
  | 'passwordMissing'
  | 'passwordShort'
  | 'passwordLong'
  | 'nameMissing'
  | 'codeMissing'
  | 'workspaceMissing';

const text = (missing: IssueKey, max: number = LIMITS.nameLength) =>
  z.string().trim().min(1, missing).max(max);

const NewPassword = z
  .string()
  .min(PASSWORD.min, 'passwordShort' satisfies IssueKey)
  .max(PASSWORD.max, 'passwordLong' satisfies IssueKey);

const Address = z
  .string()
  .trim()
  .pipe(z.email('emailInvalid' satisfies IssueKey));

export const SignInForm = z.object({
  email: Address,
  password: z.string().min(1, 'passwordMissing' satisfies IssueKey),
});

export const SetupForm = z.object({
  code: z
    .string()
    .trim()
    .min(1, 'codeMissing' satisfies IssueKey),
  workspace: text('workspaceMissing', 80),
  name: text('nameMissing'),
  email: Address,
  password: NewPassword,
});

export const InviteForm = z.object({ name: text('nameMissing'), password: NewPassword });

/** For an address that has an account: its password is asked, not a new one. */
export const JoinForm = z.object({
  name: text('nameMissing'),
  password: z.string().min(1, 'passwordMissing' satisfies IssueKey),
});

const KEYS: readonly string[] = [
  'emailInvalid',
  'passwordMissing',
  'passwordShort',
  'passwordLong',
  'nameMissing',
  'codeMissing',
  'workspaceMissing',
] satisfies IssueKey[];

/** First issue of each field of a form that was refused; fields without one are absent. */
export function issuesByField(error: z.ZodError): Record<string, IssueKey> {
  const found: Record<string, IssueKey> = {};
  for (const issue of error.issues) {
    const field = String(issue.path[0] ?? '');
    if (field in found) continue;
    found[field] = KEYS.includes(issue.message) ? (issue.message as IssueKey) : fallback(field);
  }
  return found;
}

function fallback(field: string): IssueKey {
  switch (field) {
    case 'email':
      return 'emailInvalid';
    case 'password':
      return 'passwordShort';
    case 'code':
      return 'codeMissing';
    case 'workspace':
      return 'workspaceMissing';
    default:
      return 'nameMissing';
  }
}
