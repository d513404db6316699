import os from 'node:os';
import type { Command } from 'commander';
import type { Finding } from '../campaign';
import { type Cast, findCast, judgedIn, staged } from '../cast';
import { UsageError } from '../errors';
import { type Break, type Exploration, explore } from '../explore';
import { Machine } from '../machine';
import {
  BASELINE,
  type Build,
  bucketOf,
  build,
  findVariant,
  isLike,
  isProperty,
  knownBug,
  type Project,
} from '../model';
import { isEndless } from '../property';
import { toToken } from '../recording';
import { PathPlayer } from '../schedulers';
import { tell } from '../story';
import { traced, type World } from '../world';
import { EXIT, EXIT_HELP } from './exit';
import { DEFAULT_MAX_STEPS } from './fuzz';
import { listenForInterrupt } from './interrupt';
import { parseCount } from './options';
import { type Output, output } from './output';
import { findingText, knownText } from './report';

interface ExploreFlags {
  variant: string;
  property: string;
  maxStates: number;
  maxMemory: number;
  reduce: boolean;
  failOnKnown: boolean;
  json: boolean;
}

const MB = 1024 * 1024;
const HALF_OF_MEMORY = Math.floor(os.totalmem() / MB / 2);

export function addExplore<W extends World, P>(program: Command, project: Project<W, P>): void {
  program
    .command('explore')
    .summary('visits every state of a small world, and so proves or refutes')
    .description(
      'Visits every state of a cast (a small world; see list --casts), breadth first. Ends with the number of states, in all of which ' +
        'the properties hold, or with a shortest way to each bug.',
    )
    .argument('<cast>', 'which small world; see list --casts')
    .option('--variant <name>', 'which model; see list --variants', BASELINE)
    .option('--property <glob>', 'judge only these properties, such as S*', '*')
    .option('--max-states <n>', 'stop behind so many states', parseCount(1, 2_000_000_000), 100_000_000)
    .option('--max-memory <mb>', 'stop when the search holds more', parseCount(16, 1_000_000), HALF_OF_MEMORY)
    .option('--no-reduce', 'every line is a step, also where nobody could tell')
    .option('--fail-on-known', 'exit with 1 for known bugs, too', false)
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action(async (name: string, flags: ExploreFlags) => {
      process.exitCode = await run(project, name, flags);
    });
}

async function run<W extends World, P>(project: Project<W, P>, name: string, flags: ExploreFlags): Promise<number> {
  const out = output(flags.json);
  const cast = findCast(project.model, name);
  const model = staged(project.model, cast);
  const built = build(model, findVariant(model, flags.variant));
  const claims = claimsFor(project, cast, flags.property);
  const world = model.createWorld(cast.program, traced);
  model.reset(world, built.code);
  out.text(`Exploring ${cast.name} on ${flags.variant}: ${cast.sentence}.`);
  const interrupt = listenForInterrupt(out);
  let last = performance.now();
  const EVERY_MS = 2000;
  const result = await explore(built.code, world, claims, {
    isReduced: flags.reduce,
    maxStates: flags.maxStates,
    maxBytes: flags.maxMemory * MB,
    isStopped: interrupt.isSet,
    progress: (states, transitions) => {
      if (performance.now() - last < EVERY_MS) return;
      last = performance.now();
      out.text(`  ${count(states)} states, ${count(transitions)} transitions`);
      out.json({ type: 'progress', states, transitions });
    },
  });
  interrupt.off();
  const findings = result.breaks
    .map((it) => findingOf({ ...project, model }, built, cast, it, result))
    .sort((a, b) => a.steps - b.steps);
  const stream = out.isJson ? process.stderr : process.stdout;
  for (const finding of findings) {
    const isQuiet = finding.known !== undefined && !flags.failOnKnown;
    out.text(isQuiet ? knownText(finding, stream) : findingText({ ...project, model }, built.variant, finding, stream));
    reportJson(out, finding);
  }
  return summarise(out, cast, built, result, findings, flags);
}

function claimsFor<W extends World, P>({ claims }: Project<W, P>, cast: Cast<W, P>, glob: string) {
  const chosen = claims.filter(({ name }) => isLike(glob, name));
  if (!chosen.some(isProperty))
    throw new UsageError(
      `no property is called "${glob}"`,
      `There are: ${claims
        .filter(isProperty)
        .map(({ name }) => name)
        .join(', ')}.`,
    );
  return judgedIn(cast, chosen);
}

/** A shortest way, written up like a campaign's finding. */
function findingOf<W extends World, P>(
  project: Project<W, P>,
  built: Build<W>,
  cast: Cast<W, P>,
  { property, cause, path }: Break<W>,
  { isElided }: Exploration<W>,
): Finding<P> {
  const { model, known } = project;
  const world = model.createWorld(cast.program);
  const maxSteps = Math.max(DEFAULT_MAX_STEPS, 200 * path.length);
  const machine = new Machine(built.code, world, isEndless(property) ? [] : [property], maxSteps);
  model.reset(world, built.code);
  machine.run(new PathPlayer(path, isElided), { broken: (_, other) => other === cause, met: () => {} });
  const like = knownBug(known, property.name, cause, built.variant);
  const tape = [...machine.tape.subarray(0, machine.tapeLength)];
  const recording = {
    variant: built.variant.name,
    bucket: bucketOf(property.name, cause),
    fingerprint: built.fingerprint,
    program: cast.program,
    tape,
  };
  const { broken, story, steps } = tell(model, built, project.claims, recording, maxSteps);
  const race = broken?.race ?? [];
  const bucket = bucketOf(property.name, cause, race);
  return {
    entry: {
      ...recording,
      bucket,
      property: property.name,
      cause,
      race,
      sentence: broken?.sentence ?? cause,
      found: { seed: '', run: 0 },
      story,
    },
    strength: property.strength,
    token: toToken(model, { ...recording, bucket }),
    steps,
    after: 0,
    known: like,
    resembles: undefined,
  };
}

function reportJson<P>(out: Output, { entry, strength, token, steps, known }: Finding<P>): void {
  const { property, variant, bucket, cause, race, sentence, story } = entry;
  out.json({
    type: 'finding',
    property,
    strength,
    variant,
    bucket,
    cause,
    race,
    sentence,
    known: known?.id ?? null,
    token,
    steps,
    story,
  });
}

const ends = {
  complete: 'every state was visited',
  'max-states': 'NOT ALL: the limit of --max-states came first',
  memory: 'NOT ALL: the search came to its limit of memory; --max-memory raises it',
  interrupted: 'NOT ALL: interrupted',
} as const;

function summarise<W extends World, P>(
  out: Output,
  cast: Cast<W, P>,
  built: Build<W>,
  result: Exploration<W>,
  findings: readonly Finding<P>[],
  flags: ExploreFlags,
): number {
  const { states, transitions, executions, depth, seconds, end, bytes, met } = result;
  const fresh = findings.filter(({ known }) => known === undefined || flags.failOnKnown);
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
  out.text(
    [
      `${cast.name} on ${built.variant.name}: ${ends[end]}`,
      `  states     ${count(states)}, ${count(transitions)} transitions, at most ${count(depth)} deep, in ${seconds.toFixed(1)} s (${(statesPerSecond / 1e6).toFixed(2)} M states/s)`,
      `  memory     ${Math.ceil(bytes / MB)} MB; if fingerprints are as good as random, the chance that two states were taken for one is about ${collision.toExponential(0)}`,
      `  goals      ${met.length === 0 ? 'none met' : `met: ${met.map(({ name }) => name).join(', ')}`}`,
      findings.length === 0
        ? `  verdict    all properties hold${end === 'complete' ? ' in all states' : ' so far'}`
        : `  verdict    ${fresh.length} new, ${findings.length - fresh.length} known${shortest === undefined ? '' : `; the shortest way to a new one has ${count(shortest.steps)} steps`}`,
    ].join('\n'),
  );
  out.json({
    type: 'summary',
    cast: cast.name,
    variant: built.variant.name,
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
    goals: met.map(({ name }) => name),
    bytes,
    collisionProbability: collision,
    exitCode,
  });
  return exitCode;
}

const count = (n: number): string => n.toLocaleString('en-US');
