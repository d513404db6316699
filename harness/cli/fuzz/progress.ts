import cliProgress from 'cli-progress';
import type { Summary } from '../../campaign/campaign';
import type { Budget } from '../../campaign/executor';
import type { Output } from '../output';
import { progressText } from '../text';

const EVERY_MS = 5000;

/** A bar on a terminal, a plain line every five seconds elsewhere, a JSON line with --json. */
export function progressLine(out: Output, budget: Budget, goalCount: number) {
  const total = budget.runs ?? budget.ms ?? 1;
  const done = (now: Summary) => Math.min(total, budget.runs === undefined ? now.seconds * 1000 : now.runs);
  let last = performance.now();
  const bar = process.stderr.isTTY
    ? new cliProgress.SingleBar({
        format: '{bar} {percentage}%  {text}',
        stream: process.stderr,
        clearOnComplete: true,
        hideCursor: true,
      })
    : undefined;
  let isShown = false;
  return {
    update(now: Summary, found: number) {
      const text = progressText(now, found, goalCount);
      if (bar !== undefined) {
        if (!isShown) bar.start(total, 0, { text });
        isShown = true;
        bar.update(Math.round(done(now)), { text });
      }
      if (performance.now() - last < EVERY_MS) return;
      last = performance.now();
      if (bar === undefined) out.text(`  ${Math.round((100 * done(now)) / total)}%  ${text}`);
      out.json({ type: 'progress', runs: now.runs, steps: now.steps, seconds: now.seconds, findings: found });
    },
    clear() {
      if (isShown) bar?.stop();
      isShown = false;
    },
  };
}
