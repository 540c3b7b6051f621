import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkout } from '#scripts/launcher/checkout.ts';
import { BENCHES } from '../index.ts';
import { readResults } from '../results.ts';
import { reportPage } from './page.ts';

/** `[--results FOLDER] [--out FILE]`: writes the report of all kept runs. */
const { values } = parseArgs({
  options: {
    results: { type: 'string', default: join(checkout, 'bench', 'results') },
    out: { type: 'string' },
  },
});
const saved = readResults(values.results);
const out = values.out ?? join(values.results, 'report.html');
writeFileSync(out, reportPage(saved, Object.keys(BENCHES)));
for (const { file, reason } of saved.damaged) console.error(`left out ${file}: ${reason}`);
console.log(`${saved.results.length} runs → ${out}`);
