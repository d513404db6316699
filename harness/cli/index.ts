import { Command, CommanderError } from 'commander';
import { InternalError, ModelError, UsageError } from '../base/errors';
import { pick } from '../base/pick';
import { checkProject } from '../language/checked';
import type { Tool } from '../language/project';
import type { World } from '../language/world';
import { addCorpus } from './corpus';
import { EXIT, EXIT_HELP } from './exit';
import { addExplore } from './explore';
import { addFuzz } from './fuzz/command';
import { heedSignals, signalled } from './interrupt';
import { addList } from './list';
import { addMerge } from './merge';
import { addMutants } from './mutants';
import { outliveReaders, write } from './output';
import { addPower } from './power';
import { addReplay } from './replay';

/**
 * Runs the command line; sets the process's exit code and never throws. `workerFile` is what threads of campaigns run.
 */
export async function runCli<W extends World, P>(
  tool: Tool<W, P>,
  version: string,
  argv: readonly string[],
  workerFile: string,
): Promise<void> {
  outliveReaders(tool.name);
  heedSignals();
  const program = commandsOf(tool, version, workerFile);
  try {
    checkProject(tool);
    const [command, of] = argv;
    const named = program.commands.map((it) => ({ name: it.name() }));
    if (command === 'help' && of !== undefined && of !== 'help' && !of.startsWith('-')) pick('command', of, named);
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    process.exitCode = fail(error, argv, program, tool);
  }
  process.exitCode = signalled(Number(process.exitCode ?? EXIT.ok));
}

/** All commands, with their flags. */
export function commandsOf<W extends World, P>(tool: Tool<W, P>, version: string, workerFile: string): Command {
  const program = new Command(tool.name)
    .description(tool.description)
    .version(version)
    .addHelpText('after', EXIT_HELP)
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput(OUTPUT);
  const host = { file: workerFile, version };
  addFuzz(program, tool, host);
  addReplay(program, tool);
  addList(program, tool);
  addCorpus(program, tool);
  addMerge(program, tool);
  addPower(program, tool);
  addExplore(program, tool, host);
  addMutants(program, tool);
  tool.addCommands?.(program);
  for (const command of [...program.commands, ...program.commands.flatMap((it) => it.commands)])
    command.exitOverride().configureOutput(OUTPUT);
  return program;
}

/** Errors are told by `fail`; --help and --version go to stdout. */
const OUTPUT = { writeOut: (text: string) => write(process.stdout, text), writeErr: () => {} };

function fail(
  error: unknown,
  argv: readonly string[],
  program: Command,
  { name, commandLine }: Pick<Tool<never, never>, 'name' | 'commandLine'>,
): number {
  const named = program.commands.find((command) => command.name() === argv[0]);
  const help = `See ${named === undefined ? name : commandLine(named.name())} --help.`;
  const isJson = argv.includes('--json');
  const say = (message: string, hint: string, code: number) => {
    write(process.stderr, `${name}: ${message}\n${hint && `${hint}\n`}`);
    if (isJson) write(process.stdout, `${JSON.stringify({ type: 'error', message, hint })}\n`);
    return code;
  };
  if (error instanceof UsageError) return say(error.message, error.hint || help, EXIT.usage);
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    if (error.code === 'commander.help') {
      write(process.stderr, (named ?? program).helpInformation());
      return EXIT.usage;
    }
    const group = named !== undefined && named.commands.length > 0 ? named : program;
    const commands = group.commands.map((command) => command.name()).join(', ');
    const hint = error.code === 'commander.unknownCommand' ? `Commands are: ${commands}.` : help;
    const extra = error.code === 'commander.excessArguments' && process.env.npm_command !== undefined;
    const dashes = extra ? ' (Behind npm run, options come behind --: npm run -s fuzz -- --seed 1.)' : '';
    return say(error.message.replace(/^error: /, ''), `${hint}${dashes}`, EXIT.usage);
  }
  if (error instanceof ModelError)
    return say(error.message, 'It is in the model or its claims: mend it there.', EXIT.fault);
  const message = error instanceof Error ? error.message : String(error);
  const text = error instanceof InternalError ? message : `internal: ${message}`;
  return say(text, `This is a fault of ${name} itself. Please report it with the command that led here.`, EXIT.fault);
}
