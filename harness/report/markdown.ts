import { count, seconds as inSeconds } from '../base/format';
import { headline, type RunSummary } from './summary';

/** `summary.md`: the same for people, short enough for the page of a CI run. */
export function markdown(summary: RunSummary): string {
  const { seed, variant, runs, steps, seconds, findings, goals, known, canary, calibration, restarts, unwritten } =
    summary;
  const fresh = findings.filter((it) => it.known === null);
  const lines = [
    `## ${summary.tool}: ${headline(summary)}`,
    '',
    `${count(runs)} runs, ${count(steps)} steps in ${inSeconds(seconds, 0)} on \`${variant}\`, seed \`${seed}\`; ` +
      `${count(summary.abstractStates)} abstract states, ${goals.met.length} goals met.`,
    '',
  ];
  for (const { property, claim, sentence, race, bucket, token, resembles, besides } of fresh) {
    const like = resembles === null ? '' : `, which resembles ${resembles} but races otherwise`;
    const also = ` Its story breaks ${besides.join(', ')} as well: probably the same bug.`;
    lines.push(
      `### ${property}: ${claim}`,
      '',
      `${sentence}. Bucket \`${bucket}\`${like}.${besides.length === 0 ? '' : also}`,
      '',
      ...(race.length === 0 ? [] : ['```', ...race, '```', '']),
      '```sh',
      `${summary.commandLine.replay} ${token}`,
      '```',
      '',
    );
  }
  if (goals.unmet.length > 0) lines.push(`Goals not met: ${goals.unmet.join(', ')}.`, '');
  if (known.length > 0)
    lines.push(`Known bugs hit: ${known.map(({ id, times }) => `${id} ${count(times)}`).join(', ')}.`, '');
  if (canary !== null) lines.push(`Canary: ${canary.sentence}.`, '');
  if (calibration.length > 0)
    lines.push(
      'Planted bugs, which the net must catch. Of bugs like one that was not found, the silence says nothing; more ' +
        'time (`--for`) tells a rare one from a hole in the net.',
      '',
      '| planted bug | found by property | after runs | in earlier nights |',
      '| --- | --- | --- | --- |',
      ...calibration.map(({ variant: name, found, property, runs: after, before }) => {
        const nights = before.map((it) => it ?? '–').join(', ');
        return `| ${name} | ${property ?? 'NOT FOUND'} | ${found ? '' : '> '}${count(after)} | ${nights} |`;
      }),
      '',
    );
  for (const sentence of [...(summary.replayed?.failing ?? []), ...restarts, ...unwritten]) lines.push(`- ${sentence}`);
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Lines that a CI of GitHub's shows beside the run. */
export const annotations = ({ findings, goals, canary }: RunSummary): string[] => [
  ...findings
    .filter(({ known }) => known === null)
    .map(({ property, sentence, bucket }) => `::error title=${property} (${bucket})::${plain(sentence)}`),
  ...(canary !== null && !canary.found ? [`::error title=canary::${plain(canary.sentence)}`] : []),
  ...goals.unmet.map((name) => `::warning title=goal not met::${plain(name)}`),
];

const plain = (text: string): string => text.replace(/%/g, '%25').replace(/\r?\n/g, '%0A');
