/** A statement of Go: `if`, `for` and the like without their bodies, which follow. */
export interface Statement {
  /** The function that it stands in. */
  readonly in: string;
  /** Its line in the file. */
  readonly line: number;
  /** `do` for a simple one; `if`, `for`, `switch`, `case`, `return`, `defer`, `go`, `declare`, `branch`, `select`. */
  readonly kind: string;
  /** The closure that it stands in, as the compiler numbers them: `1`, `2.1`; empty outside of all. */
  readonly closure: string;
  readonly text: string;
}

/** Where a statement stands in its file, in bytes. */
export interface Span {
  readonly text: string;
  readonly closure: string;
  /** -1 where nothing can be put in front of it. */
  readonly begin: number;
  readonly end: number;
  /** Where its body begins, or 0 if it has none. */
  readonly body: number;
  /** The parameter of type *g that is at hand, or "". */
  readonly g: string;
}

export interface GoFunction {
  /** `park_m`; `traceLocker.GoPark` for a method. */
  readonly name: string;
  /** Below src/: `runtime/proc.go`. */
  readonly file: string;
  readonly line: number;
  readonly statements: readonly Statement[];
}

/** The functions of a release by name. */
export interface Release {
  /** `go1.26.8`, or a path. */
  readonly name: string;
  readonly functions: ReadonlyMap<string, GoFunction>;
}

type Listed = Pick<GoFunction, 'name' | 'file' | 'line'> & {
  readonly statements: readonly (readonly [number, string, string, string])[];
};

/** Reads what statements.go prints. Functions of runtime/trace and iter go by their package: `trace.Start`. */
export function readListing(name: string, text: string): Release {
  const functions = new Map<string, GoFunction>();
  for (const line of text.split('\n').filter((it) => it !== '')) {
    const { name: bare, file, line: at, statements } = JSON.parse(line) as Listed;
    const pkg = file.split('/').at(-2)!;
    const full = pkg === 'runtime' ? bare : `${pkg}.${bare}`;
    functions.set(full, {
      name: full,
      file,
      line: at,
      statements: statements.map(([line, kind, closure, text]) => ({
        ...{ in: full, line, kind, closure, text },
      })),
    });
  }
  return { name, functions };
}
