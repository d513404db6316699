/** The releases whose sources are known here; `sources update` makes a digest of each. */
export const releases = [
  'go1.22.12',
  'go1.23.5',
  'go1.24.4',
  'go1.24.13',
  'go1.25.12',
  'go1.26.8',
  'go1.27.3',
] as const;

/**
 * What each preset retells. The commit and its parent lie between two releases: what one of them does not have yet, or
 * no longer, is looked for in the other.
 */
export const releasesOf: Readonly<Record<string, readonly string[]>> = {
  'go1.22': ['go1.22.12'],
  parent: ['go1.22.12', 'go1.23.5'],
  commit: ['go1.23.5', 'go1.22.12'],
  'go1.23': ['go1.23.5'],
  'go1.24': ['go1.24.4'],
  'go1.25': ['go1.25.12'],
  'go1.26': ['go1.26.8'],
  'go1.27': ['go1.27.3'],
};
