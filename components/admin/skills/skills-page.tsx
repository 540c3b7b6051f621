'use client';

import { Plus, Sparkles } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogBody, DialogContent, DialogFooter } from '#components/ui/dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import type { SkillConfig } from '#lib/protocol/config.ts';
import { useFieldIssue } from '../field-issue.ts';
import { AdminPage, Loaded } from '../page.tsx';
import { useMayChange } from '../role.tsx';
import { RowMenu } from '../row-menu.tsx';
import { useChange, useConfig } from '../use-config.ts';

export function SkillsPage() {
  const t = useTranslations('admin.skills');
  const may = useMayChange();
  const query = useConfig('skill.list', {});
  const [editing, setEditing] = useState<SkillConfig | 'new' | null>(null);
  const remove = useChange('skill.delete', { done: t('deleted') });
  return (
    <AdminPage
      title={t('title')}
      text={t('text')}
      action={
        may ? (
          <Button variant="primary" onClick={() => setEditing('new')}>
            <Plus />
            {t('create')}
          </Button>
        ) : undefined
      }
    >
      <Loaded query={query}>
        {(skills) =>
          skills.length === 0 ? (
            <EmptyState icon={<Sparkles />} title={t('emptyTitle')} text={t('emptyText')} />
          ) : (
            <ul className="divide-y rounded-lg bg-surface shadow-card">
              {skills.map((skill) => (
                <li key={skill.id} className="flex items-center gap-3 px-4 py-2">
                  <span className="min-w-0 flex-1 truncate font-medium text-sm">{skill.name}</span>
                  <span className="text-ink-3 text-xs">
                    {t('usage', { members: skill.members, queues: skill.queues })}
                  </span>
                  {may ? (
                    <RowMenu
                      label={t('actionsFor', { name: skill.name })}
                      actions={[
                        { label: t('rename'), run: () => setEditing(skill) },
                        {
                          label: t('delete'),
                          danger: true,
                          run: () => remove.run({ id: skill.id }),
                        },
                      ]}
                    />
                  ) : null}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {editing ? (
        <SkillDialog skill={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      ) : null}
    </AdminPage>
  );
}

function SkillDialog({ skill, onClose }: { skill: SkillConfig | null; onClose: () => void }) {
  const t = useTranslations('admin.skills');
  const common = useTranslations('common');
  const issue = useFieldIssue();
  const [name, setName] = useState(skill?.name ?? '');
  const done = { done: t('saved'), onDone: onClose };
  const create = useChange('skill.create', done);
  const rename = useChange('skill.rename', done);
  const change = skill ? rename : create;
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent title={skill ? t('renameTitle') : t('createTitle')}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (skill) rename.run({ id: skill.id, name: name.trim() });
            else create.run({ name: name.trim() });
          }}
        >
          <DialogBody>
            <Field label={t('name')} hint={t('nameHint')} error={issue(change.issueAt('name'))}>
              <Input
                required
                autoFocus
                maxLength={60}
                value={name}
                onChange={(event) => setName(event.target.value)}
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
