/** How people read numbers and names; everything that is printed or drawn formats them here. */

/** `12,345` */
export const count = (n: number): string => n.toLocaleString('en-US');

/** `1 run`, `12,345 runs` */
export const plural = (n: number, noun: string, nouns = `${noun}s`): string => `${count(n)} ${n === 1 ? noun : nouns}`;

/** A share or a chance, from 0 to 1: `25 %`, and `99.7 %` near the ends. */
export const percent = (part: number): string => `${(100 * part).toFixed(part > 0.995 || part < 0.005 ? 1 : 0)} %`;

/** How many millions, with one digit behind the point or so many: `4.8`. */
export const millions = (n: number, digits = 1): string => (n / 1e6).toFixed(digits);

/** `3.2 s` */
export const seconds = (n: number, digits = 1): string => `${n.toFixed(digits)} s`;

/** Rounded to what matters at that length: `90 s`, `12 min`, `3.5 h`. */
export function duration(n: number): string {
  if (n < 120) return seconds(n, 0);
  return n < 7200 ? `${(n / 60).toFixed(0)} min` : `${(n / 3600).toFixed(1)} h`;
}

/** A chance that may be tiny: `0.012`; with `digits` 0, its order of magnitude: `1e-9`. */
export const chance = (p: number, digits = 2): string => (digits === 0 ? p.toExponential(0) : p.toPrecision(digits));

/** How often a run does something, given a chance by run and its interval: `one run in 340 (95 %: 250 to 470)`. */
export function oneRunIn({ estimate, low, high }: { estimate: number; low: number; high: number }): string {
  const every = (rate: number) => count(Math.max(1, Math.round(1 / rate)));
  if (estimate === 0) return `fewer than one run in ${every(high)} (95 %)`;
  const most = low === 0 ? 'or fewer' : `to ${every(low)}`;
  return `one run in ${every(estimate)} (95 %: ${every(high)} ${most})`;
}

/** A word for a shell to paste, in quotes if it has anything that a shell would take for more. */
export const shellWord = (text: string): string =>
  /^[\w.:@+/,=%-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The order of names in which 2 comes before 10. */
export const naturally = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
