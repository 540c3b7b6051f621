'use client';

import { useTranslations } from 'next-intl';
import { Dialog, DialogBody, DialogContent } from '#components/ui/dialog.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { SHORTCUTS, type ShortcutAction } from './keys.ts';

const GROUPS = [
  { title: 'offers', actions: ['accept', 'decline'] },
  { title: 'list', actions: ['next', 'previous', 'open'] },
  {
    title: 'conversation',
    actions: ['take', 'reply', 'note', 'canned', 'transfer', 'end', 'details', 'close'],
  },
] as const satisfies readonly { title: string; actions: readonly ShortcutAction[] }[];

const GO = [
  ['m', 'goMine'],
  ['q', 'goQueued'],
  ['a', 'goAll'],
  ['c', 'goClosed'],
] as const;

const KEY_NAMES: Record<string, string> = { Enter: '↵', Escape: 'Esc' };
const keyName = (key: string) => KEY_NAMES[key] ?? key.toUpperCase();

export function ShortcutSheet({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const t = useTranslations('console.shortcuts');
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent wide title={t('title')}>
        <DialogBody className="gap-10 sm:columns-2 [&>section]:mb-5 [&>section]:break-inside-avoid">
          {GROUPS.map((group) => (
            <section key={group.title}>
              <h3 className="mb-1.5 font-medium text-ink-3 text-xs">{t(group.title)}</h3>
              <dl className="grid">
                {group.actions.map((action) => (
                  <Line key={action} label={t(action)} keys={[keyName(SHORTCUTS[action])]} />
                ))}
              </dl>
            </section>
          ))}
          <section>
            <h3 className="mb-1.5 font-medium text-ink-3 text-xs">{t('go')}</h3>
            <dl className="grid">
              {GO.map(([key, label]) => (
                <Line key={key} label={t(label)} keys={['G', key.toUpperCase()]} />
              ))}
              <Line label={t('help')} keys={['?']} />
            </dl>
          </section>
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}

function Line({ label, keys }: { label: string; keys: string[] }) {
  return (
    <div className="flex min-h-8 items-center justify-between gap-3">
      <dt className="text-sm">{label}</dt>
      <dd className="flex items-center gap-1">
        {keys.map((key) => (
          <Kbd key={key} className="coarse:inline-flex">
            {key}
          </Kbd>
        ))}
      </dd>
    </div>
  );
}
