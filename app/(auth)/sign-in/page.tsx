import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { auth } from '#lib/auth/auth.ts';
import { memberOf } from '#lib/auth/session.ts';
import { prisma } from '#lib/db/client.ts';
import { nextPath } from '../_forms/next-path.ts';
import { SignInForm } from '../_forms/sign-in-form.tsx';

export async function generateMetadata() {
  return { title: (await getTranslations('auth.signIn'))('submit') };
}

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>;
}) {
  const { next } = await searchParams;
  const target = nextPath(typeof next === 'string' ? next : undefined);
  const requestHeaders = await headers();
  if (await memberOf(requestHeaders)) redirect(target);
  const installation = await prisma().installation.findUnique({ where: { id: 1 } });
  if (installation?.setupCodeHash && !installation.setupAt) redirect('/setup');
  // Signed in, but of no workspace (removed): say so instead of a form that seems not to work.
  const session = await auth().api.getSession({ headers: requestHeaders });
  return <SignInForm next={target} notice={session ? 'noMember' : undefined} />;
}
