'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Alert } from '#components/ui/alert.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogBody, DialogContent, DialogFooter } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { Select } from '#components/ui/select.tsx';
import type { RoleName } from '#lib/protocol/config.ts';
import { CopyButton } from '../copy-button.tsx';
import { useFieldIssue } from '../field-issue.ts';
import { useChange } from '../use-config.ts';

const ROLES: readonly RoleName[] = ['agent', 'supervisor', 'admin', 'owner'];

/** Makes a link that lets one address join; the link is shown to be handed over. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations('admin.members');
  const roles = useTranslations('admin.roles');
  const common = useTranslations('common');
  const issue = useFieldIssue();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<RoleName>('agent');
  const [link, setLink] = useState<string | null>(null);
  const invite = useChange('member.invite', {
    onDone: ({ path }) => setLink(`${location.origin}${path}`),
  });
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent title={t('inviteTitle')} description={link ? t('linkText') : t('inviteText')}>
        {link ? (
          <>
            <DialogBody className="grid gap-3">
              <Field label={t('link')}>
                <Input readOnly value={link} onFocus={(event) => event.target.select()} />
              </Field>
              <Alert tone="info">{t('linkHint', { email })}</Alert>
            </DialogBody>
            <DialogFooter>
              <CopyButton text={link} label={t('copyLink')} />
              <Button variant="primary" onClick={onClose}>
                {t('doneButton')}
              </Button>
            </DialogFooter>
          </>
        ) : (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              invite.run({ email: email.trim(), role });
            }}
          >
            <DialogBody className="grid gap-4">
              <Field label={t('email')} error={issue(invite.issueAt('email'))}>
                <Input
                  type="email"
                  required
                  autoFocus
                  autoComplete="off"
                  value={email}
                  onChange={(event) => setEmail(event.target.value)}
                />
              </Field>
              <Field label={t('role')} hint={t(`roleHint.${role}`)}>
                <Select
                  value={role}
                  onValueChange={(value) => setRole(ROLES.find((r) => r === value) ?? 'agent')}
                  options={ROLES.map((value) => ({ value, label: roles(value) }))}
                />
              </Field>
            </DialogBody>
            <DialogFooter>
              <Button onClick={onClose}>{common('cancel')}</Button>
              <Button type="submit" variant="primary" pending={invite.pending}>
                {t('makeLink')}
              </Button>
            </DialogFooter>
          </form>
        )}
      </DialogContent>
    </Dialog>
  );
}
