'use client';

import { useLocale, useTranslations } from 'next-intl';
import { Alert } from '#components/ui/alert.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { PasswordInput } from '#components/ui/password-input.tsx';
import { authClient } from '#lib/auth/client.ts';
import { PASSWORD } from '#lib/auth/password.ts';
import { useErrorText } from '#lib/i18n/use-error-text.ts';
import {
  InviteForm as InviteSchema,
  JoinForm as JoinSchema,
  SetupForm as SetupSchema,
} from './account-issues.ts';
import { postJson } from './post-json.ts';
import { useFormState } from './use-form-state.ts';

/** Signs the fresh account in; the sign-in page takes over when that fails. */
async function enter(email: string, password: string) {
  const { error } = await authClient.signIn
    .email({ email, password })
    .catch(() => ({ error: true }));
  location.assign(error ? '/sign-in' : '/inbox');
}

/** First visit of a fresh desk: the printed code makes its bearer the owner. */
export function SetupForm() {
  const t = useTranslations('auth');
  const errorText = useErrorText();
  const locale = useLocale();
  const form = useFormState(SetupSchema, async (input) => {
    const reply = await postJson('/api/setup', { ...input, locale });
    if (!reply.ok) {
      if (reply.error.code === 'origin_refused')
        return t('wrongAddress', { address: location.origin });
      return reply.error.code === 'forbidden' ? t('setup.codeWrong') : errorText(reply.error);
    }
    await enter(input.email, input.password);
    return null;
  });

  return (
    <form method="post" noValidate onSubmit={form.onSubmit} className="grid gap-4">
      <Heading title={t('setup.title')} text={t('setup.text')} />
      {form.failure ? <Alert>{form.failure}</Alert> : null}
      <Field label={t('setup.code')} hint={t('setup.codeHint')} error={form.issue('code')}>
        <Input
          name="code"
          autoComplete="one-time-code"
          autoCapitalize="off"
          spellCheck={false}
          className="h-10 font-mono"
          autoFocus
        />
      </Field>
      <Field label={t('setup.workspace')} error={form.issue('workspace')}>
        <Input
          name="workspace"
          autoComplete="organization"
          placeholder={t('setup.workspacePlaceholder')}
          className="h-10"
        />
      </Field>
      <NameField error={form.issue('name')} />
      <Field label={t('email')} error={form.issue('email')}>
        <Input
          name="email"
          type="email"
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
          className="h-10"
        />
      </Field>
      <PasswordField error={form.issue('password')} />
      <Submit pending={form.pending}>{t('setup.submit')}</Submit>
    </form>
  );
}

/** What an invitation's link opens. Who has an account already joins with its password. */
export function InviteForm({
  id,
  workspace,
  inviter,
  email,
  known,
}: {
  id: string;
  workspace: string;
  inviter: string;
  email: string;
  known: boolean;
}) {
  const t = useTranslations('auth');
  const errorText = useErrorText();
  const form = useFormState(known ? JoinSchema : InviteSchema, async ({ name, password }) => {
    const reply = await postJson('/api/invitations/accept', { id, name, password });
    if (!reply.ok) {
      if (reply.error.code === 'origin_refused')
        return t('wrongAddress', { address: location.origin });
      return reply.error.code === 'forbidden' ? t('signIn.wrong') : errorText(reply.error);
    }
    await enter(email, password);
    return null;
  });

  return (
    <form method="post" noValidate onSubmit={form.onSubmit} className="grid gap-4">
      <Heading
        title={t('invite.title', { workspace })}
        text={known ? t('invite.textKnown', { inviter }) : t('invite.text', { inviter })}
      />
      {form.failure ? <Alert>{form.failure}</Alert> : null}
      <Field label={t('email')}>
        <Input
          type="email"
          autoComplete="username"
          value={email}
          readOnly
          className="h-10 bg-hover text-ink-2"
        />
      </Field>
      <NameField error={form.issue('name')} />
      {known ? (
        <Field label={t('password')} error={form.issue('password')}>
          <PasswordInput name="password" autoComplete="current-password" className="h-10" />
        </Field>
      ) : (
        <PasswordField error={form.issue('password')} />
      )}
      <Submit pending={form.pending}>{t('invite.submit')}</Submit>
    </form>
  );
}

function Heading({ title, text }: { title: string; text: string }) {
  return (
    <div className="mb-2">
      <h1 className="text-balance font-semibold text-xl tracking-tight">{title}</h1>
      <p className="mt-1 text-pretty text-ink-2 text-sm">{text}</p>
    </div>
  );
}

function NameField({ error }: { error?: string }) {
  const t = useTranslations('auth');
  return (
    <Field label={t('name')} hint={t('nameHint')} error={error}>
      <Input name="name" autoComplete="name" className="h-10" />
    </Field>
  );
}

function PasswordField({ error }: { error?: string }) {
  const t = useTranslations('auth');
  return (
    <Field label={t('password')} hint={t('passwordHint', { min: PASSWORD.min })} error={error}>
      <PasswordInput name="password" autoComplete="new-password" className="h-10" />
    </Field>
  );
}

function Submit({ pending, children }: { pending: boolean; children: string }) {
  return (
    <Button type="submit" variant="primary" size="lg" pending={pending} className="mt-1">
      {children}
    </Button>
  );
}
