'use client';

import {
  ArrowLeftRight,
  CircleCheck,
  CornerUpLeft,
  Ellipsis,
  Hand,
  PanelRight,
  Undo2,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '#components/ui/dropdown-menu.tsx';
import { Tooltip } from '#components/ui/tooltip.tsx';
import type { Permitted } from '../desk/permissions.ts';

export interface ConversationCommands {
  take: () => void;
  accept: () => void;
  decline: () => void;
  transfer: () => void;
  cancelTransfer: () => void;
  giveBack: () => void;
  end: () => void;
  finish: () => void;
}

/** The header's buttons: the one thing to do next stands out, the rest is in the menu. */
export function ConversationActions({
  can,
  commands,
  pending,
  detailsShown,
  onDetails,
}: {
  can: Permitted;
  commands: ConversationCommands;
  pending: string | null;
  detailsShown: boolean;
  onDetails: () => void;
}) {
  const t = useTranslations('console.header');
  const offers = useTranslations('console.offer');
  const busy = (name: string) => pending === name;
  return (
    <div className="flex shrink-0 items-center gap-1.5">
      {can.answer !== 'no' ? (
        <>
          <Button variant="ghost" pending={busy('decline')} onClick={commands.decline}>
            {offers('decline')}
          </Button>
          <Button variant="primary" pending={busy('accept')} onClick={commands.accept}>
            {offers('accept')}
          </Button>
        </>
      ) : null}
      {can.take !== 'no' ? (
        <Tooltip text={can.take === 'take' ? t('take') : t('takeOver')} keys="C">
          <Button
            variant={can.take === 'take' ? 'primary' : 'secondary'}
            pending={busy('take')}
            onClick={commands.take}
          >
            <Hand />
            {can.take === 'take' ? t('take') : t('takeOver')}
          </Button>
        </Tooltip>
      ) : null}
      {can.cancelTransfer ? (
        <Button pending={busy('cancelTransfer')} onClick={commands.cancelTransfer}>
          <Undo2 />
          <span className="max-sm:sr-only">{t('cancelTransfer')}</span>
        </Button>
      ) : null}
      {can.transfer ? (
        <Tooltip text={t('transfer')} keys="T">
          <Button onClick={commands.transfer} className="max-sm:w-10 max-sm:px-0">
            <ArrowLeftRight />
            <span className="max-sm:sr-only">{t('transfer')}</span>
          </Button>
        </Tooltip>
      ) : null}
      {can.end ? (
        <Tooltip text={t('end')} keys="E">
          <Button pending={busy('end')} onClick={commands.end}>
            <CircleCheck />
            <span className="max-sm:sr-only">{t('end')}</span>
          </Button>
        </Tooltip>
      ) : null}
      {can.finish ? (
        <Tooltip text={t('finish')} keys="E">
          <Button variant="primary" pending={busy('finish')} onClick={commands.finish}>
            <CircleCheck />
            {t('finish')}
          </Button>
        </Tooltip>
      ) : null}
      {can.giveBack ? (
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button variant="ghost" size="icon" aria-label={t('more')}>
              <Ellipsis />
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="end">
            <DropdownMenuItem onSelect={commands.giveBack}>
              <CornerUpLeft />
              {t('giveBack')}
            </DropdownMenuItem>
          </DropdownMenuContent>
        </DropdownMenu>
      ) : null}
      <Tooltip text={t('details')} keys="I">
        <Button
          variant="ghost"
          size="icon"
          aria-label={t('details')}
          aria-pressed={detailsShown}
          className="aria-pressed:bg-hover aria-pressed:text-ink"
          onClick={onDetails}
        >
          <PanelRight />
        </Button>
      </Tooltip>
    </div>
  );
}
