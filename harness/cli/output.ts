import { styleText } from 'node:util';

/** Where a command writes: people's text to stdout, or to stderr when stdout belongs to JSON lines. */
export interface Output {
  readonly isJson: boolean;
  text(line: string): void;
  /** What is wrong with what was given: to stderr. */
  complain(line: string): void;
  /** One JSON object on one line; nothing without --json. */
  json(value: object): void;
}

export function output(isJson: boolean): Output {
  return {
    isJson,
    text: (line) => write(isJson ? process.stderr : process.stdout, `${line}\n`),
    complain: (line) => write(process.stderr, `${line}\n`),
    json: (value) => {
      if (isJson) write(process.stdout, `${JSON.stringify(value)}\n`);
    },
  };
}

/** Streams that nobody reads any more, or that have no room. */
const closed = new WeakSet<NodeJS.WriteStream>();

/** Writes as long as somebody reads. What cannot be written is lost, and changes nothing of what is being done. */
export function write(stream: NodeJS.WriteStream, text: string): void {
  if (!closed.has(stream)) stream.write(text);
}

/**
 * From now on, whoever stops reading our output (as head does) ends nothing: campaigns go on to their report, and exit
 * as they would have. A disk that is full is told on stderr, once.
 */
export function outliveReaders(name: string): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (closed.has(stream)) return;
      closed.add(stream);
      if (error.code !== 'EPIPE') write(process.stderr, `${name}: cannot write the output: ${error.message}\n`);
    });
}

export function paint(colour: 'red' | 'yellow', text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY && process.env.NO_COLOR === undefined ? styleText(colour, text) : text;
}
