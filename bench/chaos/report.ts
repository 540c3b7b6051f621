import type { RunReport } from './run.ts';

/** Evidence is for reading: the whole of it lies in the report's JSON. */
const EVIDENCE_LENGTH = 600;

export function describeViolations({ seed, violations, kept }: RunReport): string {
  const lines = violations.flatMap(({ rule, text, evidence }) => [
    `✗ ${rule}: ${text}`,
    ...evidence.slice(0, 4).map((one) => `    ${JSON.stringify(one)?.slice(0, EVIDENCE_LENGTH)}`),
  ]);
  return [
    `seed ${seed}: ${violations.length} violations; histories and logs: ${kept}`,
    ...lines,
  ].join('\n');
}

export function printReport(report: RunReport): void {
  const { seed, minutes, rounds, faults, acked, conversations, slowestHealing } = report;
  const applied = Object.entries(faults)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
  console.log(`\nchaos, seed ${seed}: ${minutes.toFixed(1)} minutes, ${rounds} rounds`);
  console.log(`  faults: ${applied}`);
  for (const left of report.leftOut) console.log(`  left out: ${left}`);
  console.log(`  ${acked} answers ok, ${conversations} conversations`);
  console.log(
    `  slowest until everyone was in step: ${slowestHealing.usualMs} ms after cuts and kills, ${slowestHealing.silentMs} ms after silence`,
  );
  if (report.violations.length > 0) console.log(describeViolations(report));
  else console.log('  nothing violated');
}
