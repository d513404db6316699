import { execFileSync } from 'node:child_process';

/** The commit at hand, in twelve digits: GitHub's, or the checkout's; null where there is none. */
export function commitAt(): string | null {
  const given = process.env.GITHUB_SHA;
  if (given !== undefined && /^[0-9a-f]{12,64}$/.test(given)) return given.slice(0, 12);
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return null;
  }
}
