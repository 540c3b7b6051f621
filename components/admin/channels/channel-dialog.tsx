'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogBody, DialogContent, DialogFooter } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import { Select } from '#components/ui/select.tsx';
import { Textarea } from '#components/ui/textarea.tsx';
import type { ChannelConfig, ChannelSettingsConfig } from '#lib/protocol/config.ts';
import { useFieldIssue } from '../field-issue.ts';
import { useChange, useConfig } from '../use-config.ts';

const LANGUAGES = ['en', 'zh-CN'] as const;
type Language = (typeof LANGUAGES)[number];
const BLANK: ChannelSettingsConfig = {
  title: { en: '', 'zh-CN': '' },
  greeting: { en: '', 'zh-CN': '' },
  accent: '#2f5bea',
  position: 'right',
};

/** A widget channel: where it goes, who may embed it, how it greets. */
export function ChannelDialog({
  channel,
  onClose,
}: {
  channel: ChannelConfig | null;
  onClose: () => void;
}) {
  const t = useTranslations('admin.channels');
  const common = useTranslations('common');
  const issue = useFieldIssue();
  const queues = useConfig('queue.list', {});
  const [name, setName] = useState(channel?.name ?? '');
  const [queueId, setQueueId] = useState(channel?.queueId);
  const [origins, setOrigins] = useState(channel?.allowedOrigins.join('\n') ?? '');
  const [weight, setWeight] = useState(String(channel?.weight ?? 1));
  const [settings, setSettings] = useState(channel?.settings ?? BLANK);
  const locale = useLocale();
  const [language, setLanguage] = useState<Language>(
    () => LANGUAGES.find((l) => l === locale) ?? 'en',
  );
  const done = { done: t('saved'), onDone: onClose };
  const create = useChange('channel.create', done);
  const update = useChange('channel.update', done);
  const change = channel ? update : create;
  const submit = () => {
    const fields = {
      name: name.trim(),
      queueId: queueId ?? queues.data?.[0]?.id ?? '',
      allowedOrigins: origins.split(/\s+/).filter(Boolean),
      weight: Number(weight),
      settings: filled(settings),
    };
    if (channel) update.run({ id: channel.id, ...fields });
    else create.run(fields);
  };
  const say = (key: 'title' | 'greeting', text: string) =>
    setSettings((now) => ({ ...now, [key]: { ...now[key], [language]: text } }));
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent title={channel ? t('editTitle') : t('createTitle')} wide>
        <form
          className="flex min-h-0 flex-1 flex-col"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <DialogBody className="grid content-start gap-5">
            <div className="grid items-start gap-4 sm:grid-cols-2">
              <Field
                label={t('name')}
                className="sm:col-span-2"
                error={issue(change.issueAt('name'))}
              >
                <Input
                  required
                  autoFocus
                  maxLength={80}
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                />
              </Field>
              <Field label={t('queue')} error={issue(change.issueAt('queueId'))}>
                <Select
                  value={queueId ?? queues.data?.[0]?.id}
                  onValueChange={setQueueId}
                  options={(queues.data ?? []).map((q) => ({ value: q.id, label: q.name }))}
                />
              </Field>
              <Field
                label={t('weight')}
                hint={t('weightHint')}
                error={issue(change.issueAt('weight'))}
              >
                <Input
                  type="number"
                  min={1}
                  max={100}
                  required
                  value={weight}
                  onChange={(event) => setWeight(event.target.value)}
                />
              </Field>
            </div>
            <Field
              label={t('origins')}
              hint={t('originsHint')}
              error={issue(change.issueAt('allowedOrigins'))}
            >
              <Textarea
                rows={3}
                spellCheck={false}
                className="font-mono text-xs"
                placeholder={'https://www.example.com\nhttps://shop.example.com'}
                value={origins}
                onChange={(event) => setOrigins(event.target.value)}
              />
            </Field>
            <fieldset className="grid gap-3 rounded-lg border p-4">
              <legend className="sr-only">{t('texts')}</legend>
              <div className="flex items-center justify-between gap-3">
                <span className="font-medium text-ink text-sm">{t('texts')}</span>
                <Segmented
                  label={t('language')}
                  value={language}
                  onValueChange={setLanguage}
                  options={[
                    { value: 'en', label: 'English' },
                    { value: 'zh-CN', label: '简体中文' },
                  ]}
                />
              </div>
              <Field label={t('widgetTitle')} error={issue(change.issueAt('settings.title'))}>
                <Input
                  required={blank(settings.title)}
                  maxLength={120}
                  value={settings.title[language]}
                  onChange={(event) => say('title', event.target.value)}
                />
              </Field>
              <Field label={t('greeting')} error={issue(change.issueAt('settings.greeting'))}>
                <Textarea
                  required={blank(settings.greeting)}
                  rows={2}
                  maxLength={500}
                  value={settings.greeting[language]}
                  onChange={(event) => say('greeting', event.target.value)}
                />
              </Field>
            </fieldset>
            <div className="grid items-start gap-4 sm:grid-cols-2">
              <Field label={t('accent')} error={issue(change.issueAt('settings.accent'))}>
                <Input
                  type="color"
                  className="w-20 p-1"
                  value={settings.accent}
                  onChange={(event) => setSettings({ ...settings, accent: event.target.value })}
                />
              </Field>
              <div className="grid gap-1.5">
                <span className="font-medium text-ink text-sm">{t('position')}</span>
                <Segmented
                  label={t('position')}
                  className="w-fit"
                  value={settings.position}
                  onValueChange={(position) => setSettings({ ...settings, position })}
                  options={[
                    { value: 'left', label: t('left') },
                    { value: 'right', label: t('right') },
                  ]}
                />
              </div>
            </div>
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

/** One language is enough, see `filled`; none is not. */
function blank(text: { en: string; 'zh-CN': string }): boolean {
  return !text.en.trim() && !text['zh-CN'].trim();
}

/** A text written in one language only stands for the other, too. */
function filled(settings: ChannelSettingsConfig): ChannelSettingsConfig {
  const both = (text: { en: string; 'zh-CN': string }) => ({
    en: text.en.trim() || text['zh-CN'].trim(),
    'zh-CN': text['zh-CN'].trim() || text.en.trim(),
  });
  return { ...settings, title: both(settings.title), greeting: both(settings.greeting) };
}
