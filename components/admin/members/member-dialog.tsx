'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogBody, DialogContent, DialogFooter } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { Select } from '#components/ui/select.tsx';
import type { MemberConfig, RoleName } from '#lib/protocol/config.ts';
import { useFieldIssue } from '../field-issue.ts';
import { LevelList } from '../level-list.tsx';
import { useLevels } from '../levels.ts';
import { useChange, useConfig } from '../use-config.ts';

const ROLES: readonly RoleName[] = ['agent', 'supervisor', 'admin', 'owner'];

/** Role, shown name, capacity, queues and skills of one member. */
export function MemberDialog({ member, onClose }: { member: MemberConfig; onClose: () => void }) {
  const t = useTranslations('admin.members');
  const roles = useTranslations('admin.roles');
  const common = useTranslations('common');
  const issue = useFieldIssue();
  const levels = useLevels();
  const allQueues = useConfig('queue.list', {});
  const allSkills = useConfig('skill.list', {});
  const [role, setRole] = useState(member.role);
  const [displayName, setDisplayName] = useState(member.displayName ?? '');
  const [capacity, setCapacity] = useState(String(member.capacity));
  const [queues, setQueues] = useState(() =>
    Object.fromEntries(member.queues.map((q) => [q.queueId, q.tier])),
  );
  const [skills, setSkills] = useState(() =>
    Object.fromEntries(member.skills.map((s) => [s.skillId, s.level])),
  );
  const update = useChange('member.update', { done: t('saved'), onDone: onClose });
  const submit = () =>
    update.run({
      id: member.id,
      // A role that did not change is not sent: it would end the member's other sessions' trust.
      ...(role === member.role ? {} : { role }),
      displayName: displayName.trim() || null,
      capacity: Number(capacity),
      queues: Object.entries(queues).map(([queueId, tier]) => ({ queueId, tier })),
      skills: Object.entries(skills).map(([skillId, level]) => ({ skillId, level })),
    });
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent title={member.name} description={member.email} wide>
        <form
          className="flex min-h-0 flex-1 flex-col"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <DialogBody className="grid content-start gap-5">
            <div className="grid items-start gap-4 sm:grid-cols-3">
              <Field label={t('displayName')} hint={t('displayNameHint')}>
                <Input
                  value={displayName}
                  maxLength={120}
                  placeholder={member.name}
                  onChange={(event) => setDisplayName(event.target.value)}
                />
              </Field>
              <Field label={t('role')} error={issue(update.issueAt('role'))}>
                <Select
                  value={role}
                  onValueChange={(value) => setRole(ROLES.find((r) => r === value) ?? role)}
                  options={ROLES.map((value) => ({ value, label: roles(value) }))}
                />
              </Field>
              <Field
                label={t('capacity')}
                hint={t('capacityHint')}
                error={issue(update.issueAt('capacity'))}
              >
                <Input
                  type="number"
                  min={0}
                  max={100}
                  required
                  value={capacity}
                  onChange={(event) => setCapacity(event.target.value)}
                />
              </Field>
            </div>
            <LevelList
              label={t('queues')}
              options={allQueues.data ?? []}
              value={queues}
              onChange={setQueues}
              levels={levels.tiers}
              start={1}
              empty={t('noQueues')}
            />
            <LevelList
              label={t('skills')}
              options={(allSkills.data ?? []).map(({ id, name }) => ({ id, name }))}
              value={skills}
              onChange={setSkills}
              levels={levels.skills}
              start={3}
              empty={t('noSkills')}
            />
          </DialogBody>
          <DialogFooter>
            <Button onClick={onClose}>{common('cancel')}</Button>
            <Button type="submit" variant="primary" pending={update.pending}>
              {common('save')}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
