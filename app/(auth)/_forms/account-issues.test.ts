import { describe, expect, it } from 'vitest';
import { InviteForm, issuesByField, SetupForm, SignInForm } from './account-issues.ts';

function issues(schema: typeof SignInForm | typeof SetupForm | typeof InviteForm, value: unknown) {
  const parsed = schema.safeParse(value);
  return parsed.success ? {} : issuesByField(parsed.error);
}

describe('account forms', () => {
  it('name each empty field once', () => {
    expect(
      issues(SetupForm, { code: ' ', workspace: '', name: '', email: '', password: '' }),
    ).toEqual({
      code: 'codeMissing',
      workspace: 'workspaceMissing',
      name: 'nameMissing',
      email: 'emailInvalid',
      password: 'passwordShort',
    });
  });

  it('sign-in does not judge the length of a password', () => {
    expect(issues(SignInForm, { email: ' ada@shop.example ', password: 'x' })).toEqual({});
    expect(issues(SignInForm, { email: 'ada', password: '' })).toEqual({
      email: 'emailInvalid',
      password: 'passwordMissing',
    });
  });

  it('an invitation wants a name and a password neither short nor endless', () => {
    expect(issues(InviteForm, { name: 'Ada', password: '123456789' })).toEqual({
      password: 'passwordShort',
    });
    expect(issues(InviteForm, { name: 'Ada', password: 'x'.repeat(201) })).toEqual({
      password: 'passwordLong',
    });
    expect(issues(InviteForm, { name: 'a'.repeat(121), password: 'correct horse' })).toEqual({
      name: 'nameMissing',
    });
  });
});
