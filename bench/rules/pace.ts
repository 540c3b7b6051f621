/** Something that answers `size` conditions a round. */
export interface Contestant {
  size: number;
  /** @returns how many were true, so that nothing is left out and answers can be compared */
  round(): number;
}

/** User and system time of the process in ms: what others do on the machine is not in it. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** @returns conditions a second on one core, the median of the rounds after one to warm up */
export function perSecond(
  one: Contestant,
  { rounds, roundMs }: { rounds: number; roundMs: number },
) {
  const rates = Array.from({ length: rounds + 1 }, () => {
    const began = cpuMs();
    let answered = 0;
    let took = 0;
    while (took < roundMs) {
      // CPU time ticks coarsely; some thousand answers lie between two looks at it.
      for (let time = 0; time < 20; time++) one.round();
      answered += 20 * one.size;
      took = cpuMs() - began;
    }
    return (answered / took) * 1000;
  });
  const sorted = rates.slice(1).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
