'use client';

import { useLocale, useTranslations } from 'next-intl';
import { Fragment } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { FAILED_CONDITIONS } from '#lib/domain/routing/model.ts';
import { useNames } from '../desk/use-names.ts';
import type { Explanation } from './explanation.ts';
import { idleText } from './idle-time.ts';

type Candidate = Explanation['candidates'][number];

/** In older logs, who was never given a conversation is idle since the epoch. s */
const NEVER_SECONDS = 10 * 365 * 24 * 3600;

/** A candidate's terms in words, in the order in which they decide; unknown ones keep their name. */
function useTermTexts(): (terms: Candidate['terms']) => string[] {
  const t = useTranslations('console.details.terms');
  const locale = useLocale();
  const idle = (seconds: number | null) =>
    seconds === null || seconds > NEVER_SECONDS
      ? t('neverServed')
      : t('idle', { time: idleText(seconds, locale) });
  return ({ tier, idleSeconds, freeShare, ...others }) => [
    ...(tier ? [t('tier', { tier: tier === 1 ? 'first' : 'second' })] : []),
    ...(idleSeconds === undefined ? [] : [idle(idleSeconds)]),
    ...(typeof freeShare === 'number'
      ? [t('freeShare', { percent: Math.round(freeShare * 100) })]
      : []),
    ...Object.entries(others).map(([term, value]) => `${term} ${value}`),
  ];
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
  const termTexts = useTermTexts();
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
              {termTexts(candidate.terms).map((text, index) => (
                <Fragment key={text}>
                  {index > 0 ? ' · ' : null}
                  <span className="whitespace-nowrap">{text}</span>
                </Fragment>
              ))}
            </span>
          </li>
        ))}
      </ol>
      {failed.length > 0 ? (
        <p className="text-ink-3 text-xs">
          {t('failedTitle', {
            reasons: failed
              .map(({ condition, count }) => t(`failed.${condition}`, { count }))
              .join(' · '),
          })}
        </p>
      ) : null}
      <p className="text-ink-3 text-xs">
        {t('ring', { ring: explanation.ring === 1 ? 'first' : 'second' })} ·{' '}
        {t('policy', { version: explanation.policyVersion })}
      </p>
    </div>
  );
}
