/** What a command's exit code means; `--help` prints it. */
export const EXIT = {
  ok: 0,
  broken: 1,
  usage: 2,
  fault: 3,
  unmet: 4,
  interrupted: 130,
  hungUp: 129,
} as const;

export const EXIT_HELP = `
Exit codes: 0 nothing new broken; 1 something broken; 2 bad usage or input; 3 a fault of the harness, or a replay that
diverged; 4 the budget ended with goals unmet, or parts of a campaign are missing; 130 interrupted (129: hung up), after
the partial results were written.`;
