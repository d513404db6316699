/** What the command line runs in: the file that threads run, and the version. */
export interface Host {
  readonly file: string;
  readonly version: string;
}
