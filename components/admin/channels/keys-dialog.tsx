'use client';

import { KeyRound } from 'lucide-react';
import { useFormatter, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Alert } from '#components/ui/alert.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogBody, DialogContent, DialogFooter } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import { Textarea } from '#components/ui/textarea.tsx';
import type { ChannelConfig } from '#lib/protocol/config.ts';
import { CopyButton } from '../copy-button.tsx';
import { useFieldIssue } from '../field-issue.ts';
import { useChange } from '../use-config.ts';

/** Keys with which the site signs who its users are; a secret is shown once. */
export function KeysDialog({ channel, onClose }: { channel: ChannelConfig; onClose: () => void }) {
  const t = useTranslations('admin.keys');
  const format = useFormatter();
  const issue = useFieldIssue();
  const [algorithm, setAlgorithm] = useState<'HS256' | 'ES256'>('HS256');
  const [publicKey, setPublicKey] = useState('');
  const [made, setMade] = useState<{ id: string; secret: string | null } | null>(null);
  const create = useChange('channel.create-key', {
    onDone: (key) => {
      setMade(key);
      setPublicKey('');
    },
  });
  const revoke = useChange('channel.revoke-key', { done: t('revoked') });
  const add = () =>
    create.run(
      algorithm === 'HS256'
        ? { channelId: channel.id, algorithm }
        : { channelId: channel.id, algorithm, publicKey },
    );
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent title={t('title')} description={t('text')} wide>
        <DialogBody className="grid content-start gap-5">
          {made?.secret ? (
            <div className="grid gap-2">
              <Alert tone="warn">{t('secretOnce')}</Alert>
              <div className="flex items-end gap-2">
                <Field label={t('secret')} className="flex-1">
                  <Input
                    readOnly
                    className="font-mono text-xs"
                    value={made.secret}
                    onFocus={(event) => event.target.select()}
                  />
                </Field>
                <CopyButton text={made.secret} label={t('copySecret')} />
              </div>
            </div>
          ) : null}
          {channel.keys.length > 0 ? (
            <ul className="divide-y rounded-md border">
              {channel.keys.map((key) => (
                <li key={key.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
                  <KeyRound aria-hidden="true" className="size-4 text-ink-3" />
                  <code className="min-w-0 flex-1 truncate text-xs">{key.id}</code>
                  <Badge>{key.algorithm}</Badge>
                  <span className="text-ink-3 text-xs">
                    {format.dateTime(new Date(key.createdAt), { dateStyle: 'medium' })}
                  </span>
                  <Button
                    variant="quietDanger"
                    size="sm"
                    pending={revoke.pending}
                    onClick={() => revoke.run({ id: key.id })}
                  >
                    {t('revoke')}
                  </Button>
                </li>
              ))}
            </ul>
          ) : (
            <p className="rounded-md border border-dashed px-3 py-2.5 text-ink-3 text-sm">
              {t('none')}
            </p>
          )}
          <div className="grid gap-3">
            <Segmented
              label={t('algorithm')}
              className="w-fit"
              value={algorithm}
              onValueChange={setAlgorithm}
              options={[
                { value: 'HS256', label: t('shared') },
                { value: 'ES256', label: t('ownKey') },
              ]}
            />
            {algorithm === 'ES256' ? (
              <Field label={t('publicKey')} error={issue(create.issueAt('publicKey'))}>
                <Textarea
                  rows={4}
                  spellCheck={false}
                  className="font-mono text-xs"
                  placeholder="-----BEGIN PUBLIC KEY-----"
                  value={publicKey}
                  onChange={(event) => setPublicKey(event.target.value)}
                />
              </Field>
            ) : null}
          </div>
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>{t('doneButton')}</Button>
          <Button variant="primary" pending={create.pending} onClick={add}>
            {t('create')}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
