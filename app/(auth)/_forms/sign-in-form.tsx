'use client';

import { useTranslations } from 'next-intl';
import { Alert } from '#components/ui/alert.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { PasswordInput } from '#components/ui/password-input.tsx';
import { authClient } from '#lib/auth/client.ts';
import { useErrorText } from '#lib/i18n/use-error-text.ts';
import { SignInForm as Schema } from './account-issues.ts';
import { useFormState } from './use-form-state.ts';

export function SignInForm({ next, notice }: { next: string; notice?: 'noMember' }) {
  const t = useTranslations('auth');
  const errorText = useErrorText();
  const form = useFormState(Schema, async ({ email, password }) => {
    const { error } = await authClient.signIn
      .email({ email, password })
      .catch(() => ({ error: { status: 0, code: undefined } }));
    if (!error) {
      // A full load: the console starts with the cookie and nothing of before.
      location.assign(next);
      return null;
    }
    if (error.code === 'INVALID_ORIGIN') return t('wrongAddress', { address: location.origin });
    if (error.code === 'DEMO_REFUSED') return t('signIn.demoRefused');
    if (error.status === 429) return errorText({ code: 'rate_limited' });
    if (error.status === 401 || error.status === 400) return t('signIn.wrong');
    return errorText({ code: error.status === 500 ? 'internal' : 'unavailable' });
  });

  return (
    <form method="post" noValidate onSubmit={form.onSubmit} className="grid gap-4">
      <h1 className="mb-2 font-semibold text-xl tracking-tight">{t('signIn.title')}</h1>
      {notice ? <Alert tone="warn">{t(`signIn.${notice}`)}</Alert> : null}
      {form.failure ? <Alert>{form.failure}</Alert> : null}
      <Field label={t('email')} error={form.issue('email')}>
        <Input
          name="email"
          type="email"
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
          className="h-10"
          autoFocus
        />
      </Field>
      <Field label={t('password')} error={form.issue('password')}>
        <PasswordInput name="password" autoComplete="current-password" className="h-10" />
      </Field>
      <Button type="submit" variant="primary" size="lg" pending={form.pending} className="mt-1">
        {t('signIn.submit')}
      </Button>
    </form>
  );
}
