import os from 'node:os';
import type { Command } from 'commander';
import { Stopped, UsageError } from '../base/errors';
import { chance, count, seconds as inSeconds, millions, plural } from '../base/format';
import { isLike, pick } from '../base/pick';
import { WorkerPool } from '../campaign/threads/pool';
import { type Examination, type ExamineOptions, examine, judgeable, type Unjudged } from '../explore/examine';
import { toJson } from '../find/finding';
import { judging } from '../language/judging';
import type { Project, Tool } from '../language/project';
import { baselineOf, findVariant } from '../language/variants';
import type { World } from '../language/world';
import { staged } from '../run/stage';
import { EXIT, EXIT_HELP } from './exit';
import type { Host } from './host';
import { type Interrupt, listenForInterrupt } from './interrupt';
import { parseCount, parseWorkers } from './options';
import { type Output, output } from './output';
import { findingText, knownText } from './text';

interface ExploreFlags {
  variant: string;
  property: string;
  workers: number;
  maxStates: number;
  maxMemory: number;
  reduce: boolean;
  failOnKnown: boolean;
  json: boolean;
}

const MB = 1024 * 1024;
const HALF_OF_MEMORY = Math.floor(os.totalmem() / MB / 2);

export function addExplore<W extends World, P>(program: Command, tool: Tool<W, P>, host: Host): void {
  const first = baselineOf(tool.model).name;
  program
    .command('explore')
    .summary('visits every state of small worlds, and so proves or refutes')
    .description(
      'Visits every state of a cast (a small world; see list --casts), breadth first. Ends with the number of ' +
        'states, in all of which the properties hold, or with a shortest way to each bug. Several casts are visited ' +
        'side by side.',
    )
    .argument('<casts...>', 'which small worlds, such as park or switch*; see list --casts')
    .option('--variant <glob>', 'which model; see list --variants. With a *, those that each cast was made for', first)
    .option('--property <glob>', 'judge only these properties; * stands for anything (a throw always ends a run)', '*')
    .option('--workers <n>', 'how many threads, where there are several casts', parseWorkers, os.availableParallelism())
    .option('--max-states <n>', 'stop behind so many states', parseCount(1, 2_000_000_000), 100_000_000)
    .option('--max-memory <mb>', 'stop when the searches hold more', parseCount(16, 1_000_000), HALF_OF_MEMORY)
    .option('--no-reduce', 'every line is a step, also where nobody could tell')
    .option('--fail-on-known', 'exit with 1 for known bugs, too', false)
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action(async (names: string[], flags: ExploreFlags) => {
      process.exitCode = await run(tool, names, flags, host);
    });
}

async function run<W extends World, P>(
  tool: Tool<W, P>,
  names: readonly string[],
  flags: ExploreFlags,
  host: Host,
): Promise<number> {
  const tasks = tasksOf(tool, names, flags);
  const out = output(flags.json);
  let pool: WorkerPool<P> | undefined;
  const interrupt = listenForInterrupt(out, () => pool?.stop());
  try {
    if (tasks.length === 1 || flags.workers === 1) {
      const here = tasks.map((it) => inPlace(tool, it, interrupt, out));
      return await tellAll(tool, here, flags, out);
    }
    pool = new WorkerPool<P>({
      file: host.file,
      count: Math.min(flags.workers, tasks.length),
      timeoutMs: WEEK_MS,
      trouble: out.text,
    });
    return await tellAll(tool, sideBySide(tasks, pool), flags, out);
  } finally {
    interrupt.off();
    await pool?.close();
  }
}

/** A search takes as long as it takes. */
const WEEK_MS = 7 * 24 * 3_600_000;

function tasksOf<W extends World, P>(
  { model, claims }: Project<W, P>,
  names: readonly string[],
  { variant, property, workers, maxStates, maxMemory, reduce }: ExploreFlags,
): ExamineOptions[] {
  const casts = names.flatMap((name) => {
    const some = model.casts.filter((it) => isLike(name, it.name));
    return some.length > 0 ? some : [pick('cast', name, model.casts)];
  });
  if (!variant.includes('*')) findVariant(model, variant);
  judging(claims, property);
  const pairs = [...new Set(casts)].flatMap((cast) => {
    const variants = variant.includes('*')
      ? [baselineOf(model).name, ...cast.variants].filter((it, i, all) => isLike(variant, it) && all.indexOf(it) === i)
      : [variant];
    return variants.map((it) => ({ cast: cast.name, variant: it }));
  });
  if (pairs.length === 0)
    throw new UsageError(`no variant that these casts were made for is like "${variant}"`, 'See list --casts.');
  const isJudged = ({ cast }: { cast: string }) =>
    judgeable(claims, pick('cast', cast, model.casts), property).judged.length > 0;
  if (!pairs.some(isJudged)) {
    const [{ why }] = judgeable(claims, pick('cast', pairs[0]!.cast, model.casts), property).unjudged as [Unjudged];
    throw new UsageError(
      `nothing that "${property}" names can be judged here: ${why}`,
      'Explore another cast, or judge more.',
    );
  }
  const maxBytes = (maxMemory * MB) / Math.min(workers, pairs.length);
  return pairs.filter(isJudged).map((pair) => ({ ...pair, property, isReduced: reduce, maxStates, maxBytes }));
}

type Task<P> = ExamineOptions & { readonly result: () => Promise<Examination<P>> };

/** Tells of one after the other, in the order in which they were asked for. */
async function tellAll<W extends World, P>(
  tool: Tool<W, P>,
  tasks: readonly Task<P>[],
  flags: ExploreFlags,
  out: Output,
): Promise<number> {
  const codes: number[] = [];
  for (const { cast, variant, result } of tasks) {
    out.text(`Exploring ${cast} on ${variant}: ${pick('cast', cast, tool.model.casts).sentence}.`);
    try {
      codes.push(report(tool, await result(), flags, out));
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      out.text(`${cast} on ${variant}: ${ends.interrupted}, before anything was visited`);
      codes.push(EXIT.interrupted);
    }
    // Of those that were not begun there is nothing to tell.
    if (codes.includes(EXIT.interrupted)) break;
  }
  return [EXIT.interrupted, EXIT.broken, EXIT.unmet].find((it) => codes.includes(it)) ?? EXIT.ok;
}

/** Here and now, with a line of progress every so often. */
function inPlace<W extends World, P>(
  project: Project<W, P>,
  task: ExamineOptions,
  interrupt: Interrupt,
  out: Output,
): Task<P> {
  let last = performance.now();
  const progress = (states: number, transitions: number): void => {
    if (performance.now() - last < EVERY_MS) return;
    last = performance.now();
    out.text(`  ${count(states)} states, ${count(transitions)} moves`);
    out.json({ type: 'progress', states, transitions });
  };
  return { ...task, result: () => examine(project, task, { isStopped: interrupt.isSet, progress }) };
}

const EVERY_MS = 2000;

/** Each in a thread. */
function sideBySide<P>(tasks: readonly ExamineOptions[], pool: WorkerPool<P>): Task<P>[] {
  return tasks.map((task) => {
    const result = pool.examine(task);
    result.catch(() => {}); // heard of when its turn comes
    return { ...task, result: () => result };
  });
}

const ends = {
  complete: 'every state was visited',
  'max-states': 'NOT ALL: the limit of --max-states came first',
  memory: 'NOT ALL: the search came to its limit of memory; --max-memory raises it',
  interrupted: 'NOT ALL: interrupted',
} as const;

/** Tells what a search came to, and returns the exit code for it. */
function report<W extends World, P>(
  tool: Tool<W, P>,
  result: Examination<P>,
  { failOnKnown }: ExploreFlags,
  out: Output,
): number {
  const { cast, variant, states, transitions, executions, depth, seconds, end, bytes, goals, findings, restsWith } =
    result;
  const model = staged(tool.model, pick('cast', cast, tool.model.casts));
  const stream = out.isJson ? process.stderr : process.stdout;
  for (const finding of findings) {
    const isQuiet = finding.known !== null && !failOnKnown;
    const told = findVariant(model, variant);
    out.text(isQuiet ? knownText(finding, stream) : findingText({ ...tool, model }, told, finding, stream));
    out.json({ type: 'finding', ...toJson(finding), story: finding.entry.story });
  }
  const fresh = findings.filter(({ known }) => known === null || failOnKnown);
  const statesPerSecond = Math.round(states / Math.max(seconds, 1e-9));
  // Two states with one fingerprint of 64 bits count as one; how likely that is if fingerprints are as good as random.
  const collision = states ** 2 / 2 ** 65;
  let exitCode: number = EXIT.ok;
  if (end !== 'complete') exitCode = EXIT.unmet;
  if (fresh.length > 0) exitCode = EXIT.broken;
  if (end === 'interrupted') exitCode = EXIT.interrupted;
  const nothing = end === 'complete' ? 'holds' : 'incomplete';
  const verdict = fresh.length > 0 ? 'broken' : findings.length > 0 ? 'known' : nothing;
  const shortest = fresh[0];
  const way = shortest === undefined ? '' : `; the shortest way to a new one has ${count(shortest.steps)} steps`;
  out.text(
    [
      `${cast} on ${variant}: ${ends[end]}`,
      `  states     ${count(states)}, ${count(transitions)} moves between them, at most ${count(depth)} in a row, ` +
        `in ${inSeconds(seconds)} (${millions(statesPerSecond, 2)} M states/s)`,
      `  memory     ${Math.ceil(bytes / MB)} MB; if fingerprints are as good as random, the chance that two states ` +
        `were taken for one is about ${chance(collision, 0)}`,
      `  goals      ${goals.length === 0 ? 'none met' : `met: ${goals.join(', ')}`}`,
      ...circlesText(result),
      `  verdict    ${verdictText(result, fresh.length)}${way}`,
      ...(restsWith === undefined ? [] : [`  TAKEN AS REST  ${restsWith.causes.join('; ')} (${restsWith.why})`]),
      ...result.unjudged.map(({ names, why }) => `  NOT JUDGED ${names.join(', ')} (${why})`),
    ].join('\n'),
  );
  out.json({
    type: 'summary',
    cast,
    variant,
    states,
    transitions,
    executions,
    depth,
    seconds,
    statesPerSecond,
    verdict,
    complete: end === 'complete',
    end,
    counterexample: shortest?.steps ?? null,
    findings: findings.map(({ entry, known, steps }) => ({ bucket: entry.bucket, known: known?.id ?? null, steps })),
    goals,
    judged: result.judged,
    unjudged: result.unjudged,
    restsWith: restsWith ?? null,
    circles: result.circles ?? null,
    bytes,
    collisionProbability: collision,
    exitCode,
  });
  return exitCode;
}

function circlesText<P>({ circles }: Examination<P>): string[] {
  if (circles === undefined) return [];
  const { states, tried } = circles;
  if (states === 0) return ['  circles    none: no run comes back to where it was'];
  return [`  circles    ${count(states)} states to come back to; fair turns tried from ${count(tried)}`];
}

function verdictText<P>({ findings, judged, end }: Examination<P>, fresh: number): string {
  if (findings.length > 0) return `${fresh} new, ${findings.length - fresh} known`;
  const all = judged.length === 1 ? 'holds' : 'all hold';
  const where = end === 'complete' ? 'in all states' : 'so far';
  return `${plural(judged.length, 'property', 'properties')} judged, and ${all} ${where}`;
}
