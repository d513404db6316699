import type { Command } from 'commander';
import { UsageError } from '../base/errors';
import { pick } from '../base/pick';
import { type Entry, readEntry } from '../find/entry';
import { findingOf } from '../find/finding';
import { build } from '../language/build';
import { isProperty } from '../language/judging';
import type { Tool } from '../language/project';
import { findVariant } from '../language/variants';
import type { World } from '../language/world';
import { DEFAULT_MAX_STEPS } from '../run/machine';
import { stagedFor } from '../run/stage';
import { looksLikeToken, parseToken, programOf, type Recording, toToken } from '../tell/recording';
import { type StoryStep, tell } from '../tell/story';
import { EXIT, EXIT_HELP } from './exit';
import { parseCount } from './options';
import { output } from './output';
import { findingText, variantText } from './text';

interface ReplayFlags {
  variant?: string;
  bestEffort: boolean;
  maxSteps: number;
  json: boolean;
}

export function addReplay<W extends World, P>(program: Command, project: Tool<W, P>): void {
  program
    .command('replay')
    .summary('runs a recording again and tells it as a story')
    .description(
      'Runs a recording again and tells it as a story. Exits with 1 when the bug happens again, with 0 when it does ' +
        'not, with 3 when the recording belongs to another model and its steps no longer fit.',
    )
    .argument('<recording>', 'a token (pr1:…) or a corpus file')
    .option('--variant <name>', 'run it on another variant than its own, best-effort')
    .option('--best-effort', 'run a token that another version of the model recorded', false)
    .option('--max-steps <n>', 'cut the run short behind so many steps', parseCount(100, 1_000_000), DEFAULT_MAX_STEPS)
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action((source: string, flags: ReplayFlags) => {
      process.exitCode = replay(project, source, flags);
    });
}

function replay<W extends World, P>(whole: Tool<W, P>, source: string, flags: ReplayFlags): number {
  const out = output(flags.json);
  const isToken = looksLikeToken(source.trim());
  const model = isToken ? stagedFor(whole.model, programOf(source)) : whole.model;
  const project = { ...whole, model };
  const entry: Entry<P> | undefined = isToken ? undefined : readEntry(project, source);
  const recording: Recording<P> = entry ?? parseToken(model, source);
  const property = recording.bucket.replace(/(-[0-9a-f]{8}){1,2}$/, '');
  pick('property', property, project.claims.filter(isProperty));
  const built = build(model, findVariant(model, flags.variant ?? recording.variant));
  const isSameModel = built.fingerprint === recording.fingerprint;
  const diverged = (why: string): number => {
    out.text(`DIVERGED  ${why}`);
    out.json({ type: 'replay', verdict: 'diverged', message: why, exitCode: EXIT.fault });
    return EXIT.fault;
  };
  if (!isSameModel && flags.variant === undefined) {
    if (entry === undefined && !flags.bestEffort)
      return diverged('the token was recorded by another version of the model; --best-effort tries it all the same');
    out.text('Recorded by another version of the model; replayed best-effort.');
  }
  const telling = tell(model, built, project.claims, recording, flags.maxSteps);
  const { broken, story, steps } = telling;
  // Where rest is judged, a run goes on in fair turns behind the limit.
  if (telling.verdict === 'cut short' || (broken === undefined && steps >= flags.maxSteps))
    throw new UsageError(`the run was cut short after ${flags.maxSteps} steps, before its end`, 'Raise --max-steps.');
  if (entry !== undefined && isSameModel && !isSameStory(entry.story, story))
    return diverged(`step ${firstDifference(entry.story, story) + 1} differs from the story in the file`);
  // A token does not say how it was found.
  const finding = findingOf(project, built, telling, recording, entry?.found ?? { seed: '', run: 0 });
  const exitCode = finding === undefined ? EXIT.ok : EXIT.broken;
  if (finding === undefined)
    out.text(
      [
        `HOLDS  the recorded bug ${recording.bucket} does not happen (the run: ${telling.verdict}, ${steps} steps)`,
        ...variantText(built.variant),
      ].join('\n'),
    );
  else out.text(findingText(project, built.variant, finding, out.isJson ? process.stderr : process.stdout));
  const elsewhere = { ...recording, variant: built.variant.name, fingerprint: built.fingerprint };
  out.json({
    type: 'replay',
    verdict: telling.verdict,
    variant: built.variant.name,
    bucket: recording.bucket,
    property: broken?.property.name ?? null,
    cause: broken?.cause ?? null,
    race: broken?.race ?? [],
    sentence: broken?.sentence ?? null,
    token: finding?.token ?? toToken(model, elsewhere),
    steps,
    story,
    exitCode,
  });
  return exitCode;
}

const firstDifference = (a: readonly StoryStep[], b: readonly StoryStep[]): number => {
  let i = 0;
  while (i < a.length && i < b.length && JSON.stringify(a[i]) === JSON.stringify(b[i])) i++;
  return i;
};

const isSameStory = (a: readonly StoryStep[], b: readonly StoryStep[]): boolean =>
  a.length === b.length && firstDifference(a, b) === a.length;
