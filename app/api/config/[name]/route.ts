import { memberOf } from '#lib/auth/session.ts';
import { answer, readJson } from '#lib/config/http.ts';
import { configCommand } from '#lib/config/index.ts';
import { runConfig } from '#lib/config/run.ts';
import { prisma } from '#lib/db/client.ts';
import { traceFrom } from '#lib/observability/trace.ts';
import { ParlourError } from '#lib/protocol/errors.ts';

/** POST /api/config/<command> with the command's input as JSON; answers a Reply. */
export async function POST(request: Request, { params }: { params: Promise<{ name: string }> }) {
  return answer(async () => {
    const { name } = await params;
    const command = configCommand(name);
    if (!command) throw new ParlourError('not_found');
    const input = await readJson(request);
    const member = await memberOf(request.headers);
    if (!member) throw new ParlourError('unauthenticated');
    const ctx = {
      workspaceId: member.workspaceId,
      memberId: member.memberId,
      role: member.role,
      trace: traceFrom(request.headers.get('traceparent') ?? undefined),
    };
    return runConfig(prisma(), ctx, command, input);
  });
}
