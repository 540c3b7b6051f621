import { ChannelsPage } from '#components/admin/channels/channels-page.tsx';

export default function Page() {
  return <ChannelsPage />;
}
