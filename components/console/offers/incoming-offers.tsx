'use client';

import { useRouter } from 'next/navigation';
import { useClient, useDesk } from '../desk/desk-context.tsx';
import { useAction } from '../desk/use-action.ts';
import { inboxPath, useInboxLocation } from '../inbox/location.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { OfferCard } from './offer-card.tsx';

/** Offers and transfers to me, wherever in the console I am; the one that lapses first. */
export function IncomingOffers() {
  const client = useClient();
  const router = useRouter();
  const { go } = useInboxLocation();
  const offers = useDesk((state) => state.offers);
  const { run, pending } = useAction();
  const row = offers[0];

  async function accept() {
    if (!row || pending) return;
    const { id } = row;
    const accepted = await run('accept', () =>
      row.phase === 'transferring' ? client.acceptTransfer(id) : client.acceptOffer(id),
    );
    if (!accepted) return;
    const to = { view: 'mine', conversationId: id } as const;
    if (window.location.pathname === '/inbox') go(to);
    else router.push(inboxPath(to));
  }

  function decline() {
    if (!row || pending) return;
    const { id } = row;
    void run('decline', () =>
      row.phase === 'transferring' ? client.declineTransfer(id) : client.declineOffer(id),
    );
  }

  useShortcuts(row ? { accept, decline } : {});

  if (!row) return null;
  return (
    <div className="pointer-events-none fixed inset-x-3 top-[max(0.5rem,env(safe-area-inset-top))] z-30 sm:inset-x-auto sm:top-auto sm:bottom-4 sm:left-4 sm:w-[22rem] lg:bottom-[4.75rem]">
      <div className="pointer-events-auto">
        <OfferCard
          key={row.id}
          row={row}
          others={offers.length - 1}
          pending={pending}
          onAccept={accept}
          onDecline={decline}
        />
      </div>
    </div>
  );
}
