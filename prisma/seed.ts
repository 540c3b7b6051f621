/** The first content, told in one line `PARLOUR_SEED <json>` for the launcher. */
import { endPrisma } from '#lib/db/client.ts';
import { addFirstContent } from './first-content.ts';

try {
  console.log(`PARLOUR_SEED ${JSON.stringify(await addFirstContent())}`);
} finally {
  await endPrisma();
}
