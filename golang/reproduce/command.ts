import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { count, plural } from '../../harness/base/format';
import { pick } from '../../harness/base/pick';
import { EXIT, EXIT_HELP } from '../../harness/cli/exit';
import { listenForInterrupt } from '../../harness/cli/interrupt';
import { parseCount, parseSeconds } from '../../harness/cli/options';
import { type Output, output } from '../../harness/cli/output';
import { readEntry } from '../../harness/find/entry';
import { CORPUS_DIR, entryFiles } from '../../harness/find/saved';
import { type Project, UsageError } from '../../harness/language';
import { looksLikeToken, parseToken, programOf, type Recording } from '../../harness/tell/recording';
import type { Program } from '../../models/program';
import type { Runtime } from '../../models/runtime';
import { type Attempt, type Outcome, prepare, runOnce, stopRunning } from './attempt';
import { keepRuntime, planLines } from './keep';
import { CannotTry, type Plan } from './plan';
import { play } from './play';

interface Flags {
  readonly go: string;
  readonly runs: number;
  readonly for: number;
  readonly keep?: string;
  readonly control: boolean;
  readonly json: boolean;
}

/** What came of a finding on a release. */
export interface Verdict {
  readonly verdict: 'happened' | 'another' | 'not' | 'cannot' | 'interrupted';
  readonly runs: number;
  /** How many runs it happened in, and behind how many seconds each. */
  readonly happened: readonly number[];
  /** What the program said, or why it cannot be tried. */
  readonly said: string;
  /** Where it did not happen: how often gates were come to, plan by plan. */
  readonly come: string;
}

export function addReproduce(program: Command, project: Project<Runtime, Program>): void {
  program
    .command('reproduce')
    .summary('tries a finding on the real Go runtime')
    .description(
      'Tries a finding on the real Go runtime: makes a Go program of its program, and a runtime with gates where its ' +
        'story has its last context switches, held until the others have come. Wants Go. Exits with 1 if it (or ' +
        'something else) happens, with 0 if nothing did, with 2 if it cannot be tried.',
    )
    .argument('<finding>', 'an entry of corpus/ by its name, a corpus file, a token (pr1:…), or the bucket of an entry')
    .requiredOption('--go <version>', 'on which release, such as go1.26.8')
    .option('--runs <n>', 'how many runs', parseCount(1, 10_000), 3)
    .option('--for <time>', 'how long a run waits for it', parseSeconds(86_400), 60)
    .option('--control', 'with the gates, and without the bug that the variant plants: it must not happen', false)
    .option('--keep <dir>', 'keep program, runtime, output, and a script to run it in a new folder')
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action(async (finding: string, flags: Flags) => {
      process.exitCode = await reproduce(project, finding, flags);
    });
}

/** A finding by whatever people call it. */
function findingNamed(project: Project<Runtime, Program>, name: string): Recording<Program> {
  if (looksLikeToken(name.trim())) {
    if (programOf(name.trim()).startsWith('@'))
      throw new UsageError('the token is of a cast, which is no program', 'Give a finding of a campaign.');
    return parseToken(project.model, name);
  }
  if (fs.existsSync(name) && fs.statSync(name).isFile()) return readEntry(project, name);
  const files = entryFiles(CORPUS_DIR);
  const byName = files.find((it) => path.basename(it, '.json') === name);
  if (byName !== undefined) return readEntry(project, byName);
  const byBucket = files.map((it) => readEntry(project, it)).find(({ bucket }) => bucket === name);
  if (byBucket !== undefined) return byBucket;
  const names = files.map((it) => ({ name: path.basename(it, '.json') }));
  return pick('entry', name, names) as never;
}

const EXITS = {
  happened: EXIT.broken,
  another: EXIT.broken,
  not: EXIT.ok,
  cannot: EXIT.usage,
  interrupted: EXIT.interrupted,
} as const;

async function reproduce(project: Project<Runtime, Program>, name: string, flags: Flags): Promise<number> {
  const out = output(flags.json);
  const recording = findingNamed(project, name);
  const kept = flags.keep !== undefined;
  if (kept && fs.existsSync(flags.keep!))
    throw new UsageError(`${flags.keep} is there already`, 'Give a folder that is not there yet.');
  const folder = path.resolve(flags.keep ?? fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-reproduce-')));
  const clean = (): void => {
    if (!kept) fs.rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', clean);
  try {
    const verdict = await tried(project, recording, flags, folder, out);
    const exitCode = EXITS[verdict.verdict];
    out.text(verdictText(verdict, recording, flags));
    if (kept && verdict.verdict !== 'cannot')
      out.text(`Kept in ${flags.keep}: run.sh, main.go, runtime/, what each run said`);
    out.json({
      type: 'reproduce',
      finding: recording.bucket,
      variant: recording.variant,
      go: flags.go,
      ...verdict,
      exitCode,
    });
    return exitCode;
  } finally {
    clean();
    process.off('exit', clean);
  }
}

/** Tries a finding, and says what it does meanwhile. */
export async function tried(
  project: Project<Runtime, Program>,
  recording: Recording<Program>,
  { go, runs, for: seconds, control, keep }: Omit<Flags, 'json'>,
  folder: string,
  out: Output,
): Promise<Verdict> {
  let attempt: Attempt;
  try {
    attempt = prepare(project.model, play(project, recording), go, folder, control);
    if (keep !== undefined) keepRuntime(folder, attempt);
  } catch (error) {
    if (!(error instanceof CannotTry)) throw error;
    return { verdict: 'cannot', runs: 0, happened: [], said: error.message, come: '' };
  }
  out.text(`${plural(attempt.plans.length, 'plan')} of gates, built in ${attempt.buildSeconds.toFixed(0)} s`);
  const interrupt = listenForInterrupt(out, stopRunning);
  const outcomes: Outcome[] = [];
  try {
    while (outcomes.length < runs && !interrupt.isSet()) {
      const outcome = await runOnce(attempt, seconds, outcomes.length + 1);
      if (interrupt.isSet()) break;
      outcomes.push(outcome);
      out.text(`run ${outcomes.length}: ${outcome.seconds.toFixed(2)} s  ${outcome.said || 'did not happen'}`);
      if (outcome.kind === 'happened') for (const line of planText(attempt.plans, outcome.come)) out.text(line);
    }
  } finally {
    interrupt.off();
  }
  const verdict = verdictOf(outcomes);
  return interrupt.isSet() && verdict.verdict !== 'happened' ? { ...verdict, verdict: 'interrupted' } : verdict;
}

function verdictOf(outcomes: readonly Outcome[]): Verdict {
  const happened = outcomes.filter(({ kind }) => kind === 'happened');
  const others = outcomes.filter(({ kind }) => kind === 'another' || kind === 'crashed');
  const first = happened[0] ?? others[0] ?? outcomes[0];
  return {
    verdict: happened.length > 0 ? 'happened' : others.length > 0 ? 'another' : 'not',
    runs: outcomes.length,
    happened: happened.map(({ seconds }) => seconds),
    said: first?.said ?? '',
    come: happened.length > 0 ? '' : (first?.come ?? ''),
  };
}

const median = (some: readonly number[]): number => some.toSorted((a, b) => a - b)[Math.floor((some.length - 1) / 2)]!;

function verdictText(
  { verdict, runs, happened, said, come }: Verdict,
  { bucket }: Recording<Program>,
  { go, for: seconds }: Flags,
): string {
  switch (verdict) {
    case 'happened':
      return (
        `HAPPENED  ${bucket} on ${go}: in ${happened.length} of ${plural(runs, 'run')}, ` +
        `median ${median(happened).toFixed(2)} s\n  ${said}`
      );
    case 'another':
      return `ANOTHER  ${bucket} on ${go}: something else broke, in ${plural(runs, 'run')}\n  ${said}`;
    case 'not':
      return `NOT  ${bucket} on ${go}: in none of ${plural(runs, 'run')} of ${count(seconds)} s\n  ${come}`;
    case 'interrupted':
      return `INTERRUPTED  ${bucket} on ${go}: not in the ${plural(runs, 'run')} before`;
    case 'cannot':
      return `CANNOT BE TRIED  ${bucket} on ${go}: ${said}`;
  }
}

/** The gates of the plan that it happened with. */
function planText(plans: readonly Plan[], come: string): string[] {
  const [, nth] = /plan (\d+)/.exec(come) ?? [];
  const plan = plans[Number(nth)];
  return plan === undefined ? [] : planLines(plan).map((it) => `    ${it}`);
}
