import { getTranslations } from 'next-intl/server';
import { InboxPage } from '#components/console/inbox/inbox-page.tsx';

export async function generateMetadata() {
  return { title: (await getTranslations('console'))('title') };
}

export default function Inbox() {
  return <InboxPage />;
}
