'use client';

import { Bell, BellOff, ChevronsUpDown, Keyboard, LogOut, Volume2, VolumeX } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { DropdownMenu as Radix } from 'radix-ui';
import { Avatar, StatusDot } from '#components/ui/avatar.tsx';
import { cn } from '#components/ui/cn.ts';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '#components/ui/dropdown-menu.tsx';
import { LocaleItems, ThemeItems } from '#components/ui/preferences.tsx';
import { itemClass } from '#components/ui/surface.ts';
import { Availability } from '#lib/protocol/member.ts';
import { useClient, useDesk } from '../desk/desk-context.tsx';
import { setNoticePreferences, useNoticePreferences } from '../desk/preferences.ts';
import { useAction } from '../desk/use-action.ts';
import { usePermission } from './use-permission.ts';

const DOT = { available: 'ok', busy: 'warn', away: 'off' } as const;

/** Who I am, whether I take conversations, and this device's settings. */
export function AvailabilityMenu({
  name,
  onShortcuts,
  onSignOut,
}: {
  name: string;
  onShortcuts: () => void;
  onSignOut: () => void;
}) {
  const client = useClient();
  const t = useTranslations('console');
  const me = useDesk((state) => state.desk?.me);
  const { run } = useAction();
  const availability = me?.availability ?? 'away';
  // The desk cannot offer anything to who is not connected, whatever they chose.
  const reachable = useDesk((state) => state.connection.kind === 'online');
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={t('menu.label')}
        className="focus-inset flex min-h-12 w-full items-center gap-2.5 rounded-lg px-2 py-1.5 text-left hover:bg-hover data-[state=open]:bg-hover"
      >
        <Avatar
          name={name}
          seed={me?.id ?? name}
          size="sm"
          status={reachable ? DOT[availability] : 'off'}
        />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium text-sm">{me?.name ?? name}</span>
          <span className="flex items-center gap-1.5 text-ink-3 text-xs">
            {t(reachable || !me ? `availability.${availability}` : 'availability.notConnected')}
            {me ? (
              <span className="tabular-nums" title={t('availability.loadLabel')}>
                <span aria-hidden="true">· </span>
                <span className="sr-only">{t('availability.loadLabel')} </span>
                {t('availability.load', { load: me.load, capacity: me.capacity })}
              </span>
            ) : null}
          </span>
        </span>
        <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-ink-3" />
      </DropdownMenuTrigger>
      <DropdownMenuContent side="top" align="start" className="w-64">
        <DropdownMenuLabel>{t('availability.label')}</DropdownMenuLabel>
        <DropdownMenuRadioGroup
          value={availability}
          onValueChange={(value) => {
            const chosen = Availability.safeParse(value);
            if (chosen.success) {
              void run('availability', () => client.setAvailability(chosen.data));
            }
          }}
        >
          {Availability.options.map((option) => (
            <DropdownMenuRadioItem key={option} value={option} className="items-start py-1.5">
              <StatusDot status={DOT[option]} className="mt-1.5 ring-0" />
              <span>
                <span className="block">{t(`availability.${option}`)}</span>
                <span className="block text-ink-3 text-xs">{t(`availability.${option}Hint`)}</span>
              </span>
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
        <DropdownMenuSeparator />
        <NoticeItems />
        <DropdownMenuSeparator />
        <LocaleItems />
        <ThemeItems />
        <DropdownMenuSeparator />
        <DropdownMenuItem keys="?" onSelect={onShortcuts}>
          <Keyboard />
          {t('menu.shortcuts')}
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={onSignOut}>
          <LogOut />
          {t('menu.signOut')}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function NoticeItems() {
  const t = useTranslations('console.menu');
  const { sound, desktop } = useNoticePreferences();
  const permission = usePermission();
  const desktopOn = desktop && permission.state === 'granted';
  return (
    <>
      <Radix.CheckboxItem
        checked={sound}
        onCheckedChange={(checked) => setNoticePreferences({ sound: checked })}
        onSelect={(event) => event.preventDefault()}
        className={itemClass}
      >
        {sound ? <Volume2 className="text-ink-3" /> : <VolumeX className="text-ink-3" />}
        <span className="flex-1">{t('sound')}</span>
        <SwitchLook checked={sound} />
      </Radix.CheckboxItem>
      <Radix.CheckboxItem
        checked={desktopOn}
        disabled={permission.state === 'denied' || permission.state === 'unsupported'}
        onCheckedChange={(checked) => {
          setNoticePreferences({ desktop: checked });
          if (checked && permission.state === 'default') void permission.ask();
        }}
        onSelect={(event) => event.preventDefault()}
        className={itemClass}
      >
        {desktopOn ? <Bell className="text-ink-3" /> : <BellOff className="text-ink-3" />}
        <span className="flex-1">
          <span className="block">{t('desktop')}</span>
          {permission.state === 'denied' ? (
            <span className="block text-ink-3 text-xs">{t('desktopBlocked')}</span>
          ) : null}
        </span>
        <SwitchLook checked={desktopOn} />
      </Radix.CheckboxItem>
    </>
  );
}

/** The item is the control; the switch only shows it. */
function SwitchLook({ checked }: { checked: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={cn(
        'flex h-[18px] w-8 items-center rounded-full p-0.5 transition-colors',
        checked ? 'bg-accent' : 'bg-line-strong',
      )}
    >
      <span
        className={cn(
          'size-3.5 rounded-full bg-white shadow transition-transform',
          checked && 'translate-x-3.5',
        )}
      />
    </span>
  );
}
