import path from 'node:path';
import { writeWhole } from '../../harness/base/files';
import { type Attempt, experimentOf } from './attempt';
import { ANYONE, END, type Plan, type Point } from './plan';

/** What of an attempt is kept for people who do not have this tool. */

export function keepRuntime(folder: string, { files, version, telling }: Attempt): void {
  for (const [name, text] of files) writeWhole(path.join(folder, 'runtime', name), text);
  writeWhole(path.join(folder, 'run.sh'), runText(version, telling.godebug));
}

/** An overlay names files of the toolchain, which are elsewhere on every machine. */
const runText = (version: string, godebug: string): string => `#!/bin/sh
# Builds main.go with ${version}, whose package runtime has the files in runtime/ instead of its own, and runs it.
# From go1.27 on the toolchain must not be in the module cache: give another as GO=/path/to/bin/go.
set -e
cd "$(dirname "$0")"
export GOTOOLCHAIN=\${GO:+local} GOFLAGS= GOWORK=off GOEXPERIMENT=${experimentOf(version)} GODEBUG=${godebug}
export GOTOOLCHAIN=\${GOTOOLCHAIN:-${version}}
root=$(\${GO:-go} env GOROOT)
{
	printf '{"Replace": {'
	comma=
	for file in runtime/*.go; do
		printf '%s\\n"%s/src/%s": "%s/%s"' "$comma" "$root" "$file" "$PWD" "$file"
		comma=,
	done
	printf '}}\\n'
} > overlay.json
\${GO:-go} build -overlay overlay.json -o reproduce .
exec ./reproduce
`;

/** The gates of a plan, a line each. */
export function planLines({ gates, entries }: Plan): string[] {
  const who = ({ actor, subject, lentFor }: Point): string =>
    [
      actor === ANYONE ? 'anyone' : actor < 0 ? 'an M without a goroutine' : `G${actor}`,
      ...(lentFor === '' ? [] : [`(${lentFor})`]),
      ...(subject === undefined ? [] : [`about G${subject}`]),
    ].join(' ');
  const where = ({ place: { file, statement } }: Point): string =>
    `in front of "${statement.text.slice(0, MAX_TEXT)}" (${statement.in}, ${file}:${statement.line})`;
  const until = (it: number): string =>
    it === 0 ? '' : it === END ? ', is held to the end' : `, is held until gate ${it - 1}`;
  return [
    ...gates.map((it, i) => `gate ${i}: ${who(it)} ${where(it)}${until(it.until)}`),
    ...entries.map((it) => `early: ${who(it)} ${where(it)}, waits until gate ${it.from - 1}`),
  ];
}

const MAX_TEXT = 60;
