import { count, seconds as inSeconds, shellWord } from '../base/format';
import { headline, type RunSummary } from './summary';

/** `summary.md`: the same for people, short enough for the page of a CI run. */
export function markdown(summary: RunSummary): string {
  const { seed, variant, runs, steps, seconds, findings, goals, known, canary, calibration, restarts } = summary;
  const fresh = findings.filter((it) => it.known === null);
  const lines = [
    `## ${plain(summary.tool)}: ${plain(headline(summary))}`,
    '',
    `${count(runs)} runs, ${count(steps)} steps in ${inSeconds(seconds, 0)} on ${code(variant)}, seed ${code(seed)}; ` +
      `${count(summary.abstractStates)} abstract states, ${goals.met.length} goals met.`,
    '',
  ];
  for (const { property, claim, sentence, race, bucket, token, resembles, besides } of fresh) {
    const like = resembles === null ? '' : `, which resembles ${plain(resembles)} but races otherwise`;
    const also = ` Its story breaks ${besides.map(plain).join(', ')} as well: probably the same bug.`;
    lines.push(
      `### ${plain(property)}: ${plain(claim)}`,
      '',
      `${plain(sentence)}. Bucket ${code(bucket)}${like}.${besides.length === 0 ? '' : also}`,
      '',
      ...(race.length === 0 ? [] : fenced('', race)),
      ...fenced('sh', [`${summary.commandLine.replay} ${shellWord(token)}`]),
    );
  }
  if (goals.unmet.length > 0) lines.push(`Goals not met: ${goals.unmet.map(plain).join(', ')}.`, '');
  if (known.length > 0)
    lines.push(`Known bugs hit: ${known.map(({ id, times }) => `${plain(id)} ${count(times)}`).join(', ')}.`, '');
  if (canary !== null) lines.push(`Canary: ${plain(canary.sentence)}.`, '');
  if (calibration.length > 0)
    lines.push(
      'Planted bugs, which the net must catch. Of bugs like one that was not found, the silence says nothing; more ' +
        'time (`--for`) tells a rare one from a hole in the net.',
      '',
      '| planted bug | found by property | after runs | in earlier nights |',
      '| --- | --- | --- | --- |',
      ...calibration.map(({ variant: name, found, property, runs: after, before }) => {
        const nights = before.map((it) => it ?? '–').join(', ');
        const first = `${found ? '' : '> '}${count(after)}`;
        return `| ${plain(name)} | ${plain(property ?? 'NOT FOUND')} | ${first} | ${nights} |`;
      }),
      '',
    );
  const notes = [...(summary.replayed?.failing ?? []), ...summary.lost, ...restarts, ...summary.unwritten];
  for (const sentence of notes) lines.push(`- ${plain(sentence)}`);
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Text in which nothing means anything to Markdown or HTML. */
const plain = (text: string): string =>
  text
    .replace(/[\\`*_{}[\]|~]/g, (it) => `\\${it}`)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');

/** Text as it is, between more backticks than it has in a row. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([it]) => it.length));
  const ticks = '`'.repeat(longest + 1);
  return longest === 0 ? `${ticks}${text}${ticks}` : `${ticks} ${text} ${ticks}`;
}

/** Lines as they are, between fences that none of them closes. */
export function fenced(language: string, lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([it]) => it.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence, ''];
}

/** Lines that a CI of GitHub's shows beside the run. */
export const annotations = ({ findings, goals, canary }: RunSummary): string[] => [
  ...findings
    .filter(({ known }) => known === null)
    .map(({ property, sentence, bucket }) => command('error', `${property} (${bucket})`, sentence)),
  ...(canary !== null && !canary.found ? [command('error', 'canary', canary.sentence)] : []),
  ...goals.unmet.map((name) => command('warning', 'goal not met', name)),
];

const command = (kind: string, title: string, text: string): string =>
  `::${kind} title=${quoted(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${quoted(text)}`;
const quoted = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
