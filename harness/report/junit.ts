import type { RunSummary } from './summary';

/** `junit.xml`: a test case for each property, each goal, each planted bug, so that any CI shows them. */
export function junit(summary: RunSummary): string {
  const { findings, properties, goals, calibration, canary, neverExercised, seconds, variant, started } = summary;
  const cases = [
    ...properties.map(({ name, sentence }) => {
      const broken = findings.filter(({ property, known }) => property === name && known === null);
      const failures = broken.map((it) =>
        failure(it.sentence, [...it.race, `npm run -s replay -- ${it.token}`].join('\n')),
      );
      if (failures.length === 0 && neverExercised.includes(name))
        failures.push('<skipped message="no step concerned it"/>');
      return testCase('properties', `${name}: ${sentence}`, failures);
    }),
    ...goals.met.map((name) => testCase('goals', name, [])),
    ...goals.unmet.map((name) => testCase('goals', name, [failure('not met', '')])),
    ...(canary === null ? [] : [testCase('calibration', 'canary', canary.found ? [] : [failure(canary.sentence, '')])]),
    ...calibration.map(({ variant: name, found, runs }) =>
      testCase('calibration', name, found ? [] : [failure(`not found in ${runs} runs`, '')]),
    ),
  ];
  const failed = cases.filter((text) => text.includes('<failure')).length;
  const attributes = `name="parkranger ${escaped(variant)}" tests="${cases.length}" failures="${failed}" time="${seconds.toFixed(3)}" timestamp="${started}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite ${attributes}>\n${cases.join('')}</testsuite>\n`;
}

const testCase = (group: string, name: string, inside: readonly string[]): string =>
  `  <testcase classname="${group}" name="${escaped(name)}"${inside.length === 0 ? '/>' : `>${inside.join('')}</testcase>`}\n`;

const failure = (message: string, text: string): string =>
  `<failure message="${escaped(message)}">${escaped(text)}</failure>`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For text and attributes of XML and HTML. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (it) => ENTITIES[it]!);
