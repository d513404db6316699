import { commitAt } from '../../base/commit';
import { naturally } from '../../base/format';
import { SEED_ALGORITHM } from '../../base/random';
import type { Summary } from '../../campaign/campaign';
import type { Coverage } from '../../campaign/coverage';
import { sharedOf } from '../../campaign/settings';
import { isProperty } from '../../language/judging';
import { presetOf } from '../../language/variants';
import type { World } from '../../language/world';
import { keepNight } from '../../measure/calibration';
import type { Proof } from '../../measure/mesh';
import { signOff } from '../../measure/signoff';
import { annotations } from '../../report/markdown';
import { byName, type Calibration, type RunSummary, ranked, sorted } from '../../report/summary';
import { describe, writeReport } from '../../report/write';
import { EXIT } from '../exit';
import { summaryText } from '../text';
import type { Session } from './session';

/** What a campaign's end means for whoever started it. */
export function exitCodeOf({ interrupted, canary, unwritten, findings, goals }: Omit<RunSummary, 'exitCode'>): number {
  if (interrupted) return EXIT.interrupted;
  if (canary?.found === false) return EXIT.fault;
  if (unwritten.length > 0) return EXIT.usage;
  if (findings.some(({ known }) => known === null)) return EXIT.broken;
  return goals.unmet.length > 0 ? EXIT.unmet : EXIT.ok;
}

/** Writes the report, says the end, and returns the exit code. */
export function conclude<W extends World, P>(
  session: Session<W, P>,
  summary: Summary,
  coverage: Coverage,
  proof: Proof,
  replayed: RunSummary['replayed'],
): number {
  const { settings, folder, out, tool, fix } = session;
  const { canary, calibration, isInterrupted } = proof;
  folder.complete();
  const parts = partsOf(session, summary, proof, replayed);
  const signed = fix && signOff(fix, summary);
  /** A sign-off asks whether one bug is gone, not what else there is to find or cover. */
  const exitCodeNow = (): number => {
    const code = exitCodeOf(parts);
    const asked = signed && { broken: EXIT.broken, open: EXIT.unmet, fixed: EXIT.ok }[signed.verdict];
    const isAsked = code === EXIT.ok || code === EXIT.unmet || (code === EXIT.broken && asked === EXIT.broken);
    return asked !== undefined && isAsked ? asked : code;
  };
  const whole = { ...parts, exitCode: exitCodeNow() };
  if (settings.cache !== null && calibration.length > 0 && !isInterrupted) {
    const { cache } = settings;
    folder.trying(() => keepNight(cache, whole));
  }
  for (const sentence of writeReport(folder.dir, whole, coverage)) folder.missing(sentence);
  // The report may have been what could not be written.
  const exitCode = exitCodeNow();

  const known = [...folder.findings, ...folder.unfinished].flatMap((it) => (it.known ? [it.known.id] : []));
  out.text(summaryText(summary, { fresh: parts.findings.length - known.length, known }));
  if (folder.restarts.length > 0) out.text(`  TROUBLE    ${folder.restarts.length} times, see the report`);
  if (canary !== null) out.text(`  canary     ${canary.sentence}`);
  if (calibration.length > 0) out.text(`  planted    ${caughtText(calibration)}`);
  out.text(`  written to ${folder.dir} (report.html)`);
  for (const sentence of folder.unwritten) out.text(`  NOT SAVED  ${sentence}; tokens above hold everything`);
  if (parts.interrupted) out.text(`  go on with ${tool.commandLine('fuzz')} --resume ${folder.dir}`);
  if (process.env.GITHUB_ACTIONS === 'true' && !out.isJson) for (const line of annotations(whole)) out.text(line);
  if (canary !== null) out.json({ type: 'canary', variant: canary.variant, found: canary.found, runs: canary.runs });
  for (const it of calibration) out.json({ type: 'calibration', ...it });
  if (signed !== undefined) {
    out.text(`  sign-off   ${signed.sentence}`);
    out.json(signed.json);
  }
  const { seconds, steps, growth: _, ...others } = summary;
  const { interrupted, stepsPerSecond } = parts;
  out.json({ type: 'summary', ...others, interrupted, steps, seconds, stepsPerSecond, exitCode });
  return exitCode;
}

/** How many planted bugs were found, and which were not. */
export function caughtText(calibration: readonly Calibration[]): string {
  const lost = calibration.filter(({ found }) => !found).map(({ variant }) => variant);
  const rest = lost.length === 0 ? '' : `, NOT FOUND: ${lost.join(', ')}`;
  return `${calibration.length - lost.length} of ${calibration.length} found${rest}`;
}

/** What the campaign came to, but for its exit code. */
function partsOf<W extends World, P>(
  { tool, settings, built, folder, version }: Session<W, P>,
  summary: Summary,
  { canary, calibration, isInterrupted }: Proof,
  replayed: RunSummary['replayed'],
): Omit<RunSummary, 'exitCode'> {
  const { fingerprint, variant } = built;
  const { findings: counts, ...rest } = summary;
  const { shard } = settings;
  const found = [...folder.findings, ...folder.unfinished];
  const sentenceOf = (id: string) => tool.known.find((it) => it.id === id)!.sentence;
  const goals = tool.claims.filter((it) => !isProperty(it));
  return {
    format: 2,
    tool: tool.name,
    version,
    commandLine: { replay: tool.commandLine('replay') },
    seedAlgorithm: SEED_ALGORITHM,
    shard: { parts: [shard?.index ?? 1], of: shard?.of ?? 1 },
    settings: sharedOf(settings),
    fingerprint,
    isPlanted: !variant.isPreset,
    base: presetOf(tool.model, variant),
    commit: commitAt(),
    variantSentence: variant.sentence,
    started: folder.started,
    stepsPerSecond: Math.round(summary.steps / Math.max(summary.seconds, 1e-9)),
    ...rest,
    known: Object.entries(summary.known)
      .map(([id, times]) => ({ id, times, sentence: sentenceOf(id) }))
      .sort((a, b) => naturally(a.id, b.id)),
    interrupted: summary.interrupted || isInterrupted,
    counts: byName(counts),
    findings: ranked(found.map((it) => describe(folder, tool, it))),
    goalSentences: Object.fromEntries(goals.map(({ name, sentence }) => [name, sentence])),
    properties: tool.claims.filter(isProperty).map(({ name, sentence, strength }) => ({ name, sentence, strength })),
    replayed,
    restarts: [...folder.restarts],
    unwritten: folder.unwritten,
    lost: [],
    canary,
    calibration: sorted(calibration),
  };
}
