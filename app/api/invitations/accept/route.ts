import { attempt, clientAddress } from '#lib/auth/attempts.ts';
import {
  AcceptInvitation,
  acceptInvitation,
  invitationFor,
} from '#lib/config/accept-invitation.ts';
import { answer, parse, readJson } from '#lib/config/http.ts';
import { prisma } from '#lib/db/client.ts';

export const dynamic = 'force-dynamic';

/** Per address and minute. */
const MOST_TRIES = 60;

/** GET ?id=…: who invites whom into what, for the page. */
export async function GET(request: Request) {
  return answer(async () => {
    attempt(`invitation ${clientAddress(request.headers)}`, MOST_TRIES);
    return invitationFor(prisma(), new URL(request.url).searchParams.get('id') ?? '');
  });
}

/** POST: sets name and password and joins. */
export async function POST(request: Request) {
  return answer(async () => {
    const input = parse(AcceptInvitation, await readJson(request));
    attempt(`invitation ${clientAddress(request.headers)}`, MOST_TRIES);
    return acceptInvitation(prisma(), input);
  });
}
