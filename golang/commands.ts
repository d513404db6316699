import fs from 'node:fs';
import type { Command } from 'commander';
import { count, plural } from '../harness/base/format';
import { pick } from '../harness/base/pick';
import { EXIT, EXIT_HELP } from '../harness/cli/exit';
import { type Output, output } from '../harness/cli/output';
import type { Model, Project, World } from '../harness/language';
import { baselineOf, findVariant, presetOf } from '../harness/language/variants';
import { fenced } from '../harness/report/markdown';
import type { Program } from '../models/program';
import type { Runtime } from '../models/runtime';
import { chaosOverlay } from './overlay/chaos';
import { makeOverlay } from './overlay/make';
import { addReproduce } from './reproduce/command';
import { addIssue } from './reproduce/issue';
import { digestFrom, writeDigests } from './source/digest';
import { type Change, type Drift, drift, isUnknown } from './source/drift';
import { placesOf } from './source/links';
import { news } from './source/news';
import { modelledNames, resolvePreset } from './source/presets';
import { releaseIn, sourcesOf } from './source/toolchain';
import { releases } from './source/versions';

/** What ties the model to Go, as commands. */
export function addCommands(program: Command, project: Project<Runtime, Program>): void {
  const { model } = project;
  addReproduce(program, project);
  addIssue(program, project);
  const sources = program
    .command('sources')
    .summary("compares the model with Go's sources")
    .description("Compares the model with Go's sources, line by line, and releases of Go with each other.")
    .addHelpText('after', EXIT_HELP);
  program
    .command('overlay')
    .summary('a runtime that watches who owns stacks, for any Go program')
    .description(
      "Prints the path of an overlay for go build and go test: a runtime that says which goroutine's stack is " +
        'walked, copied or lent by two at once, and ends the program there. Wants Go. The toolchain stays as it is.',
    )
    .requiredOption('--go <version>', 'of which release, such as go1.26.8')
    .option(
      '--chaos',
      'delays where the model is in the middle of something: weaker than gates, and for any program',
      false,
    )
    .option('--all', 'known bugs of the release, too, of which goroutine profiles would show one everywhere', false)
    .addHelpText('after', EXIT_HELP)
    .action(({ go, all, chaos }: { go: string; all: boolean; chaos: boolean }) => {
      const mask = all ? { mask: 0 } : {};
      const made = chaos ? chaosOverlay(model, go, mask) : makeOverlay(go, mask);
      const out = output(false);
      if (made.go !== undefined) out.complain(`This release wants its overlay with ${made.go}`);
      out.text(made.file);
    });
  sources
    .command('show')
    .summary('shows what each line stands for')
    .description(
      "Shows where Go has each line of a variant's preset, or why it stands for nothing. Wants no Go: the sources of " +
        `${releases.join(', ')} are checked in as far as it needs them.`,
    )
    .argument('[routine]', 'only this routine')
    .option('--variant <name>', 'a preset, or what is planted in one', baselineOf(model).name)
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action((routine: string | undefined, flags: { variant: string; json: boolean }) => {
      process.exitCode = show(model, routine, flags);
    });
  sources
    .command('drift')
    .summary('shows what two releases differ in')
    .description(
      'Shows what two releases of Go differ in, as far as the model is about it: each a version (go1.26.8) or the ' +
        'root of a Go tree, such as that of a change under review. Exits with 1 if something changed that the model ' +
        'does not know. Releases without a digest, and trees, are read with the Go on the PATH.',
    )
    .argument('<from>', 'a version or a tree')
    .argument('<to>', 'another one')
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action((from: string, to: string, flags: { json: boolean }) => {
      process.exitCode = compare(drift(model, from, to), output(flags.json));
    });
  sources
    .command('news')
    .summary('looks for releases that are new')
    .description(
      'Asks the module proxy which patch releases there are that are not checked in here, and shows what each ' +
        'differs in from the last one that is. Wants Go and the network. Exits with 1 if something changed that the ' +
        'model does not know.',
    )
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action(async (flags: { json: boolean }) => {
      const lines: string[] = [];
      const plain = output(flags.json);
      const out: Output = { ...plain, text: (line) => plain.text(lines[lines.push(line) - 1]!) };
      const found = await news();
      if (found.length === 0) out.text('No release is newer than those that are checked in.');
      const codes = found.map(({ from, to }) => compare(drift(model, from, to), out));
      toStepSummary(lines);
      process.exitCode = Math.max(EXIT.ok, ...codes);
    });
  sources
    .command('update')
    .summary('reads releases anew, with Go')
    .description(
      'Reads the sources of releases and writes what is checked in of them. Wants Go, and the network for versions ' +
        'that are not there yet.',
    )
    .option('--go <version>', 'only this one, or a tree; may be given several times', collect, [])
    .addHelpText('after', EXIT_HELP)
    .action(({ go }: { go: string[] }) => {
      const out = output(false);
      const names = modelledNames(model);
      const digests = (go.length > 0 ? go : releases).map((it) => {
        out.text(`reading ${it}`);
        const release = { ...sourcesOf(it), name: releaseIn(it) };
        return digestFrom(release, (name) => names.has(name));
      });
      writeDigests(digests);
      for (const { name, functions } of digests) out.text(`${name}: ${plural(functions.size, 'function')} modelled`);
    });
}

const collect = (one: string, before: string[]): string[] => [...before, one];

function show<W extends World, P>(
  model: Model<W, P>,
  routine: string | undefined,
  { variant, json }: { variant: string; json: boolean },
): number {
  const out = output(json);
  const places = placesOf(model, variant);
  const scopes = resolvePreset(model, presetOf(model, findVariant(model, variant)));
  const shown = routine === undefined ? scopes : [pickScope(routine, scopes)];
  for (const { scope, lines } of shown) {
    out.text(scope.name);
    for (const { item, nowhere, level } of lines) {
      const place = places.get(`${scope.name}: ${item.key}`);
      const where = place === undefined ? `nothing: ${nowhere}` : `${place.file}:${place.line}`;
      out.text(`  ${item.key}\n      ${where}${place === undefined ? '' : `  ${place.url}`}`);
      out.json({
        type: 'line',
        routine: scope.name,
        line: item.key,
        place: place ?? null,
        nowhere: nowhere ?? null,
        level,
      });
    }
  }
  return EXIT.ok;
}

const pickScope = (name: string, scopes: ReturnType<typeof resolvePreset>) => {
  const named = scopes.map((it) => ({ name: it.scope.name, it }));
  return pick('routine', name, named).it;
};

/** On GitHub, what people read is on the page of the workflow's run. */
function toStepSummary(lines: readonly string[]): void {
  const page = process.env.GITHUB_STEP_SUMMARY;
  if (page !== undefined && page !== '') fs.appendFileSync(page, `${fenced('text', lines).join('\n')}\n`);
}

function compare(found: Drift, out: Output): number {
  const exitCode = isUnknown(found) ? EXIT.broken : EXIT.ok;
  out.text(`${found.from} -> ${found.to}, beside ${found.preset}`);
  for (const { name, kind, file, line, changes } of found.functions) {
    if (changes.length > 0 || kind !== 'changed') out.text(`\n${name}  ${kind}  ${file}:${line}`);
    for (const it of changes) out.text(`  ${it.sign} ${String(it.line).padStart(5)}  ${it.text}${remark(it)}`);
    out.json({ type: 'function', name, kind, file, line, changes });
  }
  for (const it of found.disorder) {
    out.text(`\nIN ANOTHER ORDER  ${it}`);
    out.json({ type: 'disorder', line: it });
  }
  if (found.newcomers.length > 0) out.text('\nOutside the model, and newly at what it is about:');
  for (const { name, file, touches } of found.newcomers) {
    out.text(`  ${name}  ${file}`);
    for (const { what, line, text } of touches) out.text(`    ${String(line).padStart(5)}  ${text}  (${what})`);
    out.json({ type: 'newcomer', name, file, touches });
  }
  const unknown = found.functions.flatMap(({ changes }) => changes.filter((it) => it.isUnknown)).length;
  out.text(
    `\n${count(found.same)} modelled functions are the same, ${count(found.functions.length)} are not; ` +
      `${plural(unknown, 'change')} that the model does not know, ` +
      `${plural(found.newcomers.length, 'function')} newly at what it is about`,
  );
  out.json({
    type: 'summary',
    ...{ from: found.from, to: found.to, preset: found.preset, same: found.same, changed: found.functions.length },
    ...{ unknown, newcomers: found.newcomers.length, exitCode },
  });
  return exitCode;
}

function remark({ lines, leftOut, isUnknown: isNews, isShared }: Change): string {
  const told = lines.length > 0 ? `told by ${lines.join(', ')}` : leftOut === null ? '' : `left out: ${leftOut}`;
  const news = isNews ? (lines.length > 0 ? 'NO LONGER THERE' : 'NOT IN THE MODEL') : '';
  const parts = [news, told].filter((it) => it !== '');
  if (parts.length > 0) return `\n           ${parts.join(': ')}`;
  return isShared ? '\n           no line stands for it' : '';
}
