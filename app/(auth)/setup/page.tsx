import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { Button } from '#components/ui/button.tsx';
import { prisma } from '#lib/db/client.ts';
import { SetupForm } from '../_forms/account-form.tsx';

export async function generateMetadata() {
  return { title: (await getTranslations('auth.setup'))('title') };
}

export default async function SetupPage() {
  const installation = await prisma().installation.findUnique({ where: { id: 1 } });
  if (installation?.setupCodeHash && !installation.setupAt) return <SetupForm />;
  const t = await getTranslations('auth.setup');
  return (
    <div className="grid gap-4">
      <h1 className="font-semibold text-xl tracking-tight">{t('done')}</h1>
      <Button asChild variant="primary" size="lg">
        <Link href="/sign-in">{t('toSignIn')}</Link>
      </Button>
    </div>
  );
}
