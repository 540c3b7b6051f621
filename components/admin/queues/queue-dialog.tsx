'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogBody, DialogContent, DialogFooter } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import type { QueueConfig } from '#lib/protocol/config.ts';
import { useFieldIssue } from '../field-issue.ts';
import { LevelList } from '../level-list.tsx';
import { useLevels } from '../levels.ts';
import { useChange, useConfig } from '../use-config.ts';

/** A queue's name, how it assigns, what it requires and who serves it. */
export function QueueDialog({
  queue,
  onClose,
}: {
  queue: QueueConfig | null;
  onClose: () => void;
}) {
  const t = useTranslations('admin.queues');
  const common = useTranslations('common');
  const issue = useFieldIssue();
  const levels = useLevels();
  const members = useConfig('member.list', {});
  const allSkills = useConfig('skill.list', {});
  const [name, setName] = useState(queue?.name ?? '');
  const [acceptMode, setAcceptMode] = useState(queue?.acceptMode ?? 'offer');
  const [seconds, setSeconds] = useState(String(queue?.offerSeconds ?? 30));
  const [tiers, setTiers] = useState(() =>
    Object.fromEntries((queue?.members ?? []).map((m) => [m.memberId, m.tier])),
  );
  const [skills, setSkills] = useState(() =>
    Object.fromEntries((queue?.skills ?? []).map((s) => [s.skillId, s.level])),
  );
  const done = { done: t('saved'), onDone: onClose };
  const create = useChange('queue.create', done);
  const update = useChange('queue.update', done);
  const change = queue ? update : create;
  const submit = () => {
    const fields = {
      name: name.trim(),
      acceptMode,
      offerSeconds: Number(seconds),
      skills: Object.entries(skills).map(([skillId, level]) => ({ skillId, level })),
      members: Object.entries(tiers).map(([memberId, tier]) => ({ memberId, tier })),
    };
    if (queue) update.run({ id: queue.id, ...fields });
    else create.run(fields);
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent title={queue ? t('editTitle') : t('createTitle')} wide>
        <form
          className="flex min-h-0 flex-1 flex-col"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <DialogBody className="grid content-start gap-5">
            <Field label={t('name')} error={issue(change.issueAt('name'))}>
              <Input
                required
                autoFocus
                maxLength={80}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            </Field>
            <div className="grid items-start gap-4 sm:grid-cols-2">
              <div className="grid gap-1.5">
                <span className="font-medium text-ink text-sm">{t('assignment')}</span>
                <Segmented
                  label={t('assignment')}
                  className="w-fit"
                  value={acceptMode}
                  onValueChange={setAcceptMode}
                  options={[
                    { value: 'offer', label: t('offer') },
                    { value: 'auto', label: t('auto') },
                  ]}
                />
                <p className="text-ink-3 text-xs">
                  {acceptMode === 'offer' ? t('offerHint') : t('autoHint')}
                </p>
              </div>
              {acceptMode === 'offer' ? (
                <Field label={t('seconds')} error={issue(change.issueAt('offerSeconds'))}>
                  <Input
                    type="number"
                    min={5}
                    max={600}
                    required
                    value={seconds}
                    onChange={(event) => setSeconds(event.target.value)}
                  />
                </Field>
              ) : null}
            </div>
            <LevelList
              label={t('members')}
              options={(members.data?.members ?? []).map((m) => ({
                id: m.id,
                name: m.displayName ?? m.name,
                detail: m.email,
              }))}
              value={tiers}
              onChange={setTiers}
              levels={levels.tiers}
              start={1}
              empty={common('loading')}
            />
            <LevelList
              label={t('skills')}
              options={(allSkills.data ?? []).map(({ id, name: label }) => ({ id, name: label }))}
              value={skills}
              onChange={setSkills}
              levels={levels.skills}
              start={1}
              empty={t('noSkills')}
            />
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
