'use client';

import { useTranslations } from 'next-intl';
import { Alert } from '#components/ui/alert.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogBody, DialogContent, DialogFooter } from '#components/ui/dialog.tsx';
import type { ChannelConfig } from '#lib/protocol/config.ts';
import { CopyButton } from '../copy-button.tsx';
import { snippetFor } from './snippet.ts';

/** The script tag to copy. */
export function InstallDialog({
  channel,
  onClose,
}: {
  channel: ChannelConfig;
  onClose: () => void;
}) {
  const t = useTranslations('admin.channels');
  const snippet = snippetFor(location.origin, channel.publicKey);
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        title={t('installTitle', { name: channel.name })}
        description={t('installText')}
        wide
      >
        <DialogBody className="grid gap-3">
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
            tabIndex={0}
            className="scroll-quiet overflow-x-auto rounded-md bg-pressed p-3 font-mono text-ink text-xs leading-relaxed"
          >
            {snippet}
          </pre>
          {channel.allowedOrigins.length === 0 ? <Alert tone="warn">{t('noOrigins')}</Alert> : null}
        </DialogBody>
        <DialogFooter>
          <CopyButton text={snippet} label={t('copySnippet')} />
          <Button variant="primary" onClick={onClose}>
            {t('doneButton')}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
