'use client';

import { Plus, Slash } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogBody, DialogContent, DialogFooter } from '#components/ui/dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { Textarea } from '#components/ui/textarea.tsx';
import type { CannedReplyConfig } from '#lib/protocol/config.ts';
import { useFieldIssue } from '../field-issue.ts';
import { AdminPage, Loaded } from '../page.tsx';
import { RowMenu } from '../row-menu.tsx';
import { useChange, useConfig } from '../use-config.ts';

export function RepliesPage() {
  const t = useTranslations('admin.replies');
  const query = useConfig('canned-reply.list', {});
  const [editing, setEditing] = useState<CannedReplyConfig | 'new' | null>(null);
  const remove = useChange('canned-reply.delete', { done: t('deleted') });
  return (
    <AdminPage
      title={t('title')}
      text={t('text')}
      action={
        <Button variant="primary" onClick={() => setEditing('new')}>
          <Plus />
          {t('create')}
        </Button>
      }
    >
      <Loaded query={query}>
        {(replies) =>
          replies.length === 0 ? (
            <EmptyState icon={<Slash />} title={t('emptyTitle')} text={t('emptyText')} />
          ) : (
            <ul className="divide-y rounded-lg bg-surface shadow-card">
              {replies.map((reply) => (
                <li key={reply.id} className="flex items-start gap-3 px-4 py-3">
                  <div className="min-w-0 flex-1">
                    <button
                      type="button"
                      onClick={() => setEditing(reply)}
                      className="rounded font-medium text-accent-text text-sm hover:underline"
                    >
                      /{reply.shortcut}
                    </button>
                    <p className="mt-0.5 line-clamp-2 whitespace-pre-line text-ink-2 text-sm">
                      {reply.body}
                    </p>
                  </div>
                  <RowMenu
                    label={t('actionsFor', { name: reply.shortcut })}
                    actions={[
                      { label: t('edit'), run: () => setEditing(reply) },
                      {
                        label: t('delete'),
                        danger: true,
                        run: () => remove.run({ id: reply.id }),
                      },
                    ]}
                  />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {editing ? (
        <ReplyDialog reply={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      ) : null}
    </AdminPage>
  );
}

function ReplyDialog({ reply, onClose }: { reply: CannedReplyConfig | null; onClose: () => void }) {
  const t = useTranslations('admin.replies');
  const common = useTranslations('common');
  const issue = useFieldIssue();
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? '');
  const [body, setBody] = useState(reply?.body ?? '');
  const done = { done: t('saved'), onDone: onClose };
  const create = useChange('canned-reply.create', done);
  const update = useChange('canned-reply.update', done);
  const change = reply ? update : create;
  const submit = () => {
    const fields = { shortcut: shortcut.trim().replace(/^\//, ''), body };
    if (reply) update.run({ id: reply.id, ...fields });
    else create.run(fields);
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent title={reply ? t('editTitle') : t('createTitle')}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <DialogBody className="grid gap-4">
            <Field
              label={t('shortcut')}
              hint={t('shortcutHint')}
              error={issue(change.issueAt('shortcut'))}
            >
              <Input
                required
                autoFocus
                maxLength={41}
                value={shortcut}
                onChange={(event) => setShortcut(event.target.value)}
              />
            </Field>
            <Field label={t('body')} error={issue(change.issueAt('body'))}>
              <Textarea
                required
                rows={6}
                value={body}
                onChange={(event) => setBody(event.target.value)}
              />
            </Field>
          </DialogBody>
          <DialogFooter>
            <Button onClick={onClose}>{common('cancel')}</Button>
            <Button type="submit" variant="primary" pending={change.pending}>
              {common('save')}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
