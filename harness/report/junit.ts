import { shellWord } from '../base/format';
import type { RunSummary } from './summary';
import { type Content, type Markup, tag } from './tag';

/** `junit.xml`: a test case for each property, each goal, each planted bug, so that any CI shows them. */
export function junit(summary: RunSummary): string {
  const { findings, properties, goals, calibration, canary, neverExercised, seconds, variant, started } = summary;
  const cases: { group: string; name: string; failures: Markup[]; isSkipped?: boolean }[] = [
    ...properties.map(({ name, sentence }) => {
      const broken = findings.filter(({ property, known }) => property === name && known === null);
      const failures = broken.map((it) => {
        const replay = `${summary.commandLine.replay} ${shellWord(it.token)}`;
        return failure(it.sentence, [...it.race, replay].join('\n'));
      });
      const isSkipped = failures.length === 0 && neverExercised.includes(name);
      return { group: 'properties', name: `${name}: ${sentence}`, failures, isSkipped };
    }),
    ...goals.met.map((name) => ({ group: 'goals', name, failures: [] })),
    ...goals.unmet.map((name) => ({ group: 'goals', name, failures: [failure('not met')] })),
    ...calibration.map(({ variant: name, found, runs }) => {
      const failures = found ? [] : [failure(`not found in ${runs} runs`)];
      return { group: 'calibration', name, failures };
    }),
  ];
  if (canary !== null) {
    const failures = canary.found ? [] : [failure(canary.sentence)];
    cases.push({ group: 'calibration', name: 'canary', failures });
  }
  const failed = cases.filter(({ failures }) => failures.length > 0).length;
  const name = `${summary.tool} ${variant}`;
  const time = seconds.toFixed(3);
  return tag`<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="${name}" tests="${cases.length}" failures="${failed}" time="${time}" timestamp="${started}">
${cases.map((it) => testCase(it.group, it.name, it.isSkipped ? SKIPPED : it.failures))}</testsuite>
`.text;
}

const SKIPPED = [tag`<skipped message="no step concerned it"/>`];

const testCase = (group: string, name: string, inside: readonly Content[]): Markup =>
  inside.length === 0
    ? tag`  <testcase classname="${group}" name="${name}"/>\n`
    : tag`  <testcase classname="${group}" name="${name}">${inside}</testcase>\n`;
const failure = (message: string, text = ''): Markup => tag`<failure message="${message}">${text}</failure>`;
