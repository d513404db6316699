import { UsageError } from '../../base/errors';
import { assertWritable } from '../../base/files';
import { pick } from '../../base/pick';
import { SEED_ALGORITHM } from '../../base/random';
import { addToCache, readCache, writeCache } from '../../campaign/cache';
import { campaign, type Summary } from '../../campaign/campaign';
import { Ledger } from '../../campaign/ledger';
import { budgetOf, type Settings } from '../../campaign/settings';
import { type Finding, toJson } from '../../find/finding';
import type { Hit } from '../../find/hit';
import { isInherited } from '../../find/known';
import { isProperty } from '../../language/judging';
import type { World } from '../../language/world';
import { type Proof, prove } from '../../measure/mesh';
import { writePage } from '../../report/write';
import { portfolio } from '../../strategies';
import type { Start, Strategy } from '../../strategies/strategy';
import { findingText, knownText } from '../text';
import { conclude } from './conclude';
import { progressLine } from './progress';
import { replaySaved } from './saved';
import type { Session } from './session';

/** A campaign from its first run to its report; returns the exit code. */
export async function run<W extends World, P>(session: Session<W, P>): Promise<number> {
  const { tool, settings, built, from, pool, interrupt, out } = session;
  const ledger = from === undefined ? begun(session) : takenUp(session, from.ledger);
  const { name, sentence } = built.variant;
  const how = from === undefined ? 'Fuzzing' : 'Going on with';
  out.text(`${how} ${name}: ${sentence}. Seed "${settings.seed}" (${SEED_ALGORITHM}).`);
  const replayed = await replaySaved(session);
  const summary = await search(session, ledger);
  keep(session, ledger, summary);
  const isWhole = settings.variant === null && settings.property === '*';
  const isDue = (isWhole || settings.mode === 'nightly') && !summary.interrupted;
  const nothing: Proof = { canary: null, calibration: [], isInterrupted: false };
  const proof = isDue ? await prove(tool, settings, pool, interrupt.isSet, out.text) : nothing;
  return conclude(session, summary, ledger.coverage, proof, replayed);
}

const strategiesOf = ({ strategy }: Settings): readonly Strategy[] =>
  strategy === null ? portfolio : [pick('strategy', strategy, portfolio)];

/** A ledger for a new campaign, saved before the first run. */
function begun<W extends World, P>(session: Session<W, P>): Ledger<P> {
  const { tool, settings, folder } = session;
  const { seed, shard } = settings;
  const ledger = new Ledger<P>(seed, strategiesOf(settings), shard ?? undefined, earlierRuns(session));
  folder.checkpoint(tool.model, ledger, 0, true);
  return ledger;
}

/** One that goes on; what was changed by hand is no fault of ours. */
function takenUp<W extends World, P>(session: Session<W, P>, text: string): Ledger<P> {
  const { tool, settings, folder } = session;
  const ledger = new Ledger<P>(settings.seed, strategiesOf(settings), settings.shard ?? undefined);
  try {
    ledger.restore(tool.model, text);
  } catch (error) {
    throw new UsageError(
      `checkpoint.json in "${folder.dir}" is damaged: ${(error as Error).message}`,
      'Start the campaign anew.',
    );
  }
  return ledger;
}

/** What earlier campaigns have left. */
function earlierRuns<W extends World, P>({ tool, settings, built, folder, out }: Session<W, P>): readonly Start<P>[] {
  if (settings.cache === null) return [];
  assertWritable(settings.cache);
  const { starts, damaged } = readCache(settings.cache, tool.model, built);
  if (starts.length > 0) out.text(`  from ${settings.cache}: ${starts.length} runs to go on from`);
  for (const sentence of damaged) out.text(`  DAMAGED    ${sentence}`);
  folder.restarts.push(...damaged);
  return starts;
}

function search<W extends World, P>(session: Session<W, P>, ledger: Ledger<P>): Promise<Summary> {
  const { tool, settings, built, claims, from, pool, folder, interrupt, out } = session;
  const { seed, maxSteps, keepGoing, failOnKnown } = settings;
  const strategies = strategiesOf(settings);
  const budget = budgetOf(settings.for);
  // One that ends at its first finding has come to its end with it.
  const isOverAlready = !keepGoing && folder.findings.some(({ known }) => known === null);
  // What is known has its story in the corpus.
  const shrinks = failOnKnown ? true : ('new' as const);
  const options = {
    ...{ seed, maxSteps, shrinks, strategies, stopAtFirst: !keepGoing },
    budget: isOverAlready ? { runs: 0 } : budget,
    // What the preset breaks by itself would only stand in the way of what a planted bug breaks.
    isIgnored: (property: string, cause: string) => isInherited(tool, built.variant, property, cause),
    from: { ledger, seconds: from?.seconds ?? 0, pending: from?.pending ?? [] },
  };
  const setup = {
    variant: built.variant.name,
    claims: claims.map(({ name }) => name),
    strategies: strategies.map(({ name }) => name),
    isKnown: true,
    options: { seed, maxSteps, shrinks },
  };
  const goalCount = claims.length - claims.filter(isProperty).length;
  const progress = progressLine(
    out,
    budget.runs === undefined ? budget : { runs: ledger.share(budget.runs) },
    goalCount,
  );
  const hooks = {
    finding: (finding: Finding<P>, hit: Hit<P>) => {
      progress.clear();
      report(session, finding, hit);
    },
    lost: (hit: Hit<P>) => void folder.pending.push(hit),
    progress: (now: Summary) => progress.update(now, folder.findings.length),
    isStopped: interrupt.isSet,
    written: (_: Ledger<P>, spent: number) => folder.checkpoint(tool.model, ledger, spent),
  };
  return campaign({ ...tool, claims }, built, options, hooks, pool.executor(setup)).finally(progress.clear);
}

/** Saves a finding, draws it, and tells people and machines. */
function report<W extends World, P>(session: Session<W, P>, finding: Finding<P>, hit: Hit<P>): void {
  const { tool, settings, built, folder, interrupt, out } = session;
  // Shrinking that was interrupted is done again when the campaign goes on.
  const isSaved = interrupt.isSet() ? folder.addUnfinished(finding, hit) : folder.add(finding);
  const isQuiet = finding.known !== null && !settings.failOnKnown;
  if (!isQuiet) writePage(folder, tool, built, finding);
  const stream = out.isJson ? process.stderr : process.stdout;
  out.text(isQuiet ? knownText(finding, stream) : findingText(tool, built.variant, finding, stream));
  out.json({ type: 'finding', ...toJson(finding), file: folder.fileOf(finding), story: finding.entry.story });
  if (!isSaved) out.text(`  NOT SAVED: ${folder.unwritten.at(-1)}`);
}

/** Leaves behind where to go on from, and what the next campaign begins with. */
function keep<W extends World, P>(session: Session<W, P>, ledger: Ledger<P>, { seconds, interrupted }: Summary): void {
  const { tool, settings, built, folder } = session;
  const { cache, maxSteps } = settings;
  folder.checkpoint(tool.model, ledger, seconds, true);
  if (cache === null) return;
  folder.trying(() =>
    // Who wants to stop does not wait until it is found out which runs show what.
    interrupted
      ? addToCache(cache, tool.model, built, ledger.corpus)
      : void writeCache(cache, tool.model, built, ledger.corpus, maxSteps),
  );
}
