import { getTranslations } from 'next-intl/server';
import { invitationFor } from '#lib/config/accept-invitation.ts';
import { prisma } from '#lib/db/client.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { InviteForm } from '../../_forms/account-form.tsx';

export async function generateMetadata() {
  return { title: (await getTranslations('auth.invite'))('submit') };
}

export default async function InvitePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const invitation = await invitationFor(prisma(), id).catch((error: unknown) => {
    if (error instanceof ParlourError && error.code === 'not_found') return null;
    throw error;
  });
  if (!invitation) {
    const t = await getTranslations('auth.invite');
    return (
      <div>
        <h1 className="font-semibold text-xl tracking-tight">{t('gone')}</h1>
        <p className="mt-1 text-ink-2 text-sm">{t('goneText')}</p>
      </div>
    );
  }
  return (
    <InviteForm
      id={id}
      workspace={invitation.workspace}
      inviter={invitation.inviter}
      email={invitation.email}
      known={invitation.known}
    />
  );
}
