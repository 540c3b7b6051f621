'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';

const RADIUS = 15;
const ROUND = 2 * Math.PI * RADIUS;

/**
 * Time left as a ring and seconds. The ring runs by one CSS-free transition per second, so that it
 * costs nothing while it moves and stands still for those who asked for less motion.
 * @param until ms since the epoch @param total ms of the whole
 */
export function CountdownRing({ until, total }: { until: number; total: number }) {
  const t = useTranslations('console.offer');
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const left = Math.min(total, Math.max(0, until - now));
  const seconds = Math.ceil(left / 1000);
  const late = seconds <= 10;
  return (
    <span className="relative grid size-9 shrink-0 place-items-center">
      <svg aria-hidden="true" viewBox="0 0 36 36" className="absolute inset-0 -rotate-90">
        <circle cx="18" cy="18" r={RADIUS} fill="none" strokeWidth="3" className="stroke-pressed" />
        <circle
          cx="18"
          cy="18"
          r={RADIUS}
          fill="none"
          strokeWidth="3"
          strokeLinecap="round"
          strokeDasharray={ROUND}
          strokeDashoffset={ROUND * (1 - left / Math.max(1, total))}
          className={late ? 'stroke-danger' : 'stroke-accent'}
          style={{ transition: 'stroke-dashoffset 250ms linear' }}
        />
      </svg>
      <span
        role="timer"
        aria-label={t('secondsLeft', { seconds })}
        className={`font-semibold text-xs tabular-nums ${late ? 'text-danger-text' : 'text-ink'}`}
      >
        {seconds}
      </span>
    </span>
  );
}
