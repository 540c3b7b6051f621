import { SkillsPage } from '#components/admin/skills/skills-page.tsx';

export default function Page() {
  return <SkillsPage />;
}
