'use client';

import { useTranslations } from 'next-intl';
import { Badge, type BadgeTone } from '#components/ui/badge.tsx';
import type { ConversationRow } from '#lib/protocol/member.ts';

const TONES: Record<ConversationRow['phase'], BadgeTone> = {
  bot: 'neutral',
  queued: 'warn',
  offered: 'accent',
  serving: 'ok',
  transferring: 'accent',
  wrapup: 'neutral',
  offline: 'neutral',
  closed: 'neutral',
};

export function PhaseBadge({ phase }: { phase: ConversationRow['phase'] }) {
  const t = useTranslations('console.phase');
  return <Badge tone={TONES[phase]}>{t(phase)}</Badge>;
}
