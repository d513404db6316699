import { styleText } from 'node:util';

/** Where a command writes: people's text to stdout, or to stderr when stdout belongs to JSON lines. */
export interface Output {
  readonly isJson: boolean;
  text(line: string): void;
  /** One JSON object on one line; nothing without --json. */
  json(value: object): void;
}

export function output(isJson: boolean): Output {
  return {
    isJson,
    text: (line) => {
      (isJson ? process.stderr : process.stdout).write(`${line}\n`);
    },
    json: (value) => {
      if (isJson) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
  };
}

export function paint(colour: 'red' | 'yellow', text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY && process.env.NO_COLOR === undefined ? styleText(colour, text) : text;
}
