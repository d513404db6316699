import { count, seconds as inSeconds, millions, naturally, oneRunIn, percent, plural, shellWord } from '../base/format';
import type { Summary } from '../campaign/campaign';
import type { Finding } from '../find/finding';
import type { Variant } from '../language/model';
import type { Tool } from '../language/project';
import type { World } from '../language/world';
import { type StoryStep, storyText } from '../tell/story';
import { paint } from './output';

/** What people read of a finding: the sentence, the story, the variant, the line that repeats it. */
export function findingText<W extends World, P>(
  tool: Tool<W, P>,
  variant: Variant<W>,
  { entry, strength, token, steps, known, resembles, besides }: Finding<P>,
  stream: NodeJS.WriteStream,
): string {
  const { property, sentence, cause, race, bucket, story, program, found } = entry;
  const claim = tool.claims.find(({ name }) => name === property)!;
  const head = known
    ? `${paint('yellow', 'KNOWN ', stream)} ${known.id}  ${known.sentence}`
    : `${paint('red', 'BROKEN', stream)} ${property}  ${claim.sentence}`;
  return [
    head,
    ...(known ? [`  ${property}: ${claim.sentence}`] : []),
    `  ${sentence}`,
    '',
    storyText(story),
    `    <- here`,
    '',
    `  cause    ${cause} (${strength})`,
    ...sourceText(tool, variant.name, story.at(-1)),
    ...race.map((line, i) => `  ${i === 0 ? 'race    ' : '        '} ${line}`),
    `  bucket   ${bucket}`,
    ...(resembles ? [`  resembles ${resembles.id}, which has other races: ${resembles.sentence}`] : []),
    ...(besides.length === 0 ? [] : [`  besides  it breaks ${besides.join(', ')}`]),
    ...variantText(variant),
    `  program  ${tool.model.programText(program)}`,
    found.seed === ''
      ? `  steps    ${steps}`
      : `  found    run ${found.run} of seed "${found.seed}", now ${steps} steps`,
    `  replay   ${tool.commandLine('replay')} ${shellWord(token)}`,
    '',
  ].join('\n');
}

/** Where the system under test has the line at which it breaks. */
function sourceText<W extends World, P>(tool: Tool<W, P>, variant: string, last: StoryStep | undefined): string[] {
  const place = last && tool.sourceOf?.(variant, last.routine, last.line);
  return place === undefined ? [] : [`  here     ${place.text}  ${place.url}`];
}

/** A known bug in a line: people have read its story in the corpus. */
export function knownText<P>({ entry, known }: Finding<P>, stream: NodeJS.WriteStream): string {
  const head = `${paint('yellow', 'KNOWN ', stream)} ${known!.id.padEnd(4)}`;
  // A search that visits every state has no runs.
  const where = entry.found.seed === '' ? '' : ` (run ${entry.found.run})`;
  return `${head} ${known!.sentence}\n             ${entry.property}: ${entry.cause}${where}`;
}

export function variantText<W>({ name, sentence, edits }: Variant<W>): string[] {
  return [
    `  variant  ${name}: ${sentence}`,
    ...edits.slice(0, 3).map((edit) => `           ${edit.routine}: ${edit.sentence}`),
    ...(edits.length > 3 ? [`           and ${edits.length - 3} more edits`] : []),
  ];
}

export function progressText(
  { runs, steps, seconds, goals, stuck }: Summary,
  found: number,
  goalCount: number,
): string {
  const speed = seconds > 0 ? millions(steps / seconds) : '0';
  const parts = [plural(runs, 'run'), `${speed} M steps/s`, plural(found, 'finding')];
  return [...parts, `${goals.met.length}/${goalCount} goals`, `${stuck} stuck`].join(', ');
}

export function summaryText(
  {
    seed,
    variant,
    runs,
    steps,
    seconds,
    goals,
    neverExercised,
    stuck,
    circling,
    cutShort,
    interrupted,
    known,
    strategies,
    abstractStates,
    newPerRun,
  }: Summary,
  found: { fresh: number; known: readonly string[] },
): string {
  const speed = millions(steps / Math.max(seconds, 1e-9));
  const shares = Object.entries(strategies).map(([name, earned]) => {
    const share = percent(earned.steps / Math.max(1, steps));
    return `${name} ${share}: ${count(earned.states)} states, ${plural(earned.bugs, 'bug')}`;
  });
  const left = goals.unmet.length === 0 ? 'none unmet' : `UNMET: ${goals.unmet.join(', ')}`;
  const unmet = goals.areAsked ? left : 'and none asked of a planted bug';
  const lines = [
    `${interrupted ? 'Interrupted' : 'Done'}: variant ${variant}, seed "${seed}"`,
    `  runs       ${plural(runs, 'run')}, ${plural(steps, 'step')} in ${inSeconds(seconds)} (${speed} M steps/s)`,
    `  verdicts   ${stuck} stuck, ${circling} in circles, ${cutShort} cut short`,
    `  goals      ${goals.met.length} met, ${unmet}`,
  ];
  lines.push(
    `  coverage   ${plural(abstractStates, 'abstract state')}; another is seen by ${oneRunIn(newPerRun)}`,
    `  strategies ${shares.join('; ')}`,
  );
  if (neverExercised.length > 0)
    lines.push(`  WARNING    never exercised, so their silence means nothing: ${neverExercised.join(', ')}`);
  lines.push(`  findings   ${found.fresh} new${found.known.length === 0 ? '' : `, ${found.known.length} known`}`);
  const counts = Object.entries(known)
    .sort(([a], [b]) => naturally(a, b))
    .map(([id, times]) => `${id} ${count(times)}`);
  if (counts.length > 0) lines.push(`  known      how often: ${counts.join(', ')}`);
  return lines.join('\n');
}
