'use client';

import { useLocale, useTranslations } from 'next-intl';
import { Avatar } from '#components/ui/avatar.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { FAILED_CONDITIONS } from '#lib/domain/routing/model.ts';
import { useNames } from '../desk/use-names.ts';
import { formatWaiting } from '../time/waiting.ts';
import type { Explanation } from './explanation.ts';

/** Idle for longer than this: never given a conversation (idle since the epoch). */
const NEVER_SECONDS = 10 * 365 * 24 * 3600;

/** A weighted term in words; one this page does not know keeps its own name. */
function useTermText(): (term: string, value: number) => string {
  const t = useTranslations('console.details.terms');
  const locale = useLocale();
  return (term, value) => {
    switch (term) {
      case 'tier':
        return t('tier', { tier: value });
      case 'freeShare':
        return t('freeShare', { percent: Math.round(value * 100) });
      case 'idleSeconds':
        return value > NEVER_SECONDS
          ? t('neverServed')
          : t('idle', { time: formatWaiting(value * 1000, locale) });
      default:
        return `${term} ${Number.isInteger(value) ? value : value.toFixed(2)}`;
    }
  };
}

/** The decision behind the newest offer: candidates with their weighted terms, and why not others. */
export function WhyThisAgent({
  chosenId,
  explanation,
}: {
  chosenId: string | null;
  explanation: Explanation;
}) {
  const t = useTranslations('console.details');
  const names = useNames();
  const termText = useTermText();
  const failed = FAILED_CONDITIONS.flatMap((condition) => {
    const count = explanation.failed[condition];
    return count ? [{ condition, count }] : [];
  });
  return (
    <div className="grid gap-2.5">
      <ol className="grid gap-2">
        {explanation.candidates.map((candidate) => (
          <li key={candidate.memberId} className="grid gap-0.5">
            <span className="flex items-center gap-2 text-sm">
              <Avatar name={names.member(candidate.memberId)} seed={candidate.memberId} size="xs" />
              <span className="min-w-0 flex-1 truncate">{names.member(candidate.memberId)}</span>
              {candidate.memberId === chosenId ? <Badge tone="accent">{t('chosen')}</Badge> : null}
            </span>
            <span className="pl-7 text-ink-3 text-xs tabular-nums">
              {Object.entries(candidate.terms)
                .map(([term, value]) => termText(term, value))
                .join(' · ')}
            </span>
          </li>
        ))}
      </ol>
      {failed.length > 0 ? (
        <p className="text-ink-3 text-xs">
          {t('failedTitle')}:{' '}
          {failed.map(({ condition, count }) => t(`failed.${condition}`, { count })).join(' · ')}
        </p>
      ) : null}
      <p className="text-ink-3 text-xs">
        {t('policy', { version: explanation.policyVersion })} ·{' '}
        {t('ring', { ring: explanation.ring })}
      </p>
    </div>
  );
}
