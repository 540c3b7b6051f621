import { attempt, clientAddress } from '#lib/auth/attempts.ts';
import { answer, parse, readJson } from '#lib/config/http.ts';
import { SetUpDesk, setUpDesk } from '#lib/config/set-up-desk.ts';
import { prisma } from '#lib/db/client.ts';

export const dynamic = 'force-dynamic';

/** Per address and minute. */
const MOST_TRIES = 20;

/** GET: whether the desk waits to be set up. */
export async function GET() {
  return answer(async () => {
    const row = await prisma().installation.findUnique({ where: { id: 1 } });
    return { open: Boolean(row && !row.setupAt && row.setupCodeHash) };
  });
}

/** POST: the printed code makes its bearer the owner of a new workspace. */
export async function POST(request: Request) {
  return answer(async () => {
    const input = parse(SetUpDesk, await readJson(request));
    attempt(`setup ${clientAddress(request.headers)}`, MOST_TRIES);
    const { workspaceId } = await setUpDesk(prisma(), input);
    return { workspaceId };
  });
}
