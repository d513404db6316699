import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors';
import { readCheckpoint } from '../../campaign/checkpoint';
import { CACHE_DIR, PRUNE, settings, settled } from '../../campaign/settings';
import type { Tool } from '../../language/project';
import { baselineOf } from '../../language/variants';
import type { World } from '../../language/world';
import { signOffFor } from '../../measure/signoff';
import { EXIT_HELP } from '../exit';
import type { Host } from '../host';
import { addSettings, parseWorkers, settingsGiven } from '../options';
import { prune } from './prune';
import { run } from './run';
import { close, open } from './session';

/** What the command line says beside the settings of the campaign. */
interface Flags {
  workers: number;
  out?: string;
  resume?: string;
  signOff?: string;
  before?: string;
  json: boolean;
}

export function addFuzz<W extends World, P>(program: Command, tool: Tool<W, P>, host: Host): void {
  const first = baselineOf(tool.model).name;
  const canary = tool.canary && `, and then one planted bug (${tool.canary.variant}) that it must find`;
  const command = program
    .command('fuzz')
    .summary('runs random programs under random schedules and judges every step')
    .description(
      'Runs random programs under random schedules and judges every step. Each new bug is shrunk, told as a story ' +
        `and saved. Without --variant it runs ${first}${canary ?? ''}.`,
    );
  addSettings(command);
  command
    .addOption(
      new Option('--workers <n>', 'how many threads; what is found does not depend on it')
        .argParser(parseWorkers)
        .default(os.availableParallelism(), 'auto: one for each core'),
    )
    .option('--out <dir>', 'where findings and the report are written (default: out/ and the time)')
    .option('--sign-off <bucket>', 'say what it means that a bug was not hit again; wants --before')
    .option('--before <dir>', 'the folder of a campaign that has hit the bug, before it was fixed')
    .option('--resume <dir>', 'go on with the campaign that was writing there when it was interrupted or killed')
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action(async (flags: Flags) => {
      process.exitCode = await fuzz(tool, command, flags, host);
    });
}

async function fuzz<W extends World, P>(
  tool: Tool<W, P>,
  command: Command,
  flags: Flags,
  { file, version }: Host,
): Promise<number> {
  const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
  const { resume, signOff, before, workers, json } = flags;
  const forCampaigns = [...Object.keys(settings), 'out'];
  if (resume !== undefined)
    refuse(
      forCampaigns.filter((it) => it !== 'cache').find(isGiven),
      '--resume goes on as the campaign began',
      'Leave it out, or begin a new one.',
    );
  if (before !== undefined && signOff === undefined)
    throw new UsageError('--before says nothing without --sign-off', 'Give the bucket of the bug that was fixed.');
  if (command.getOptionValue('mode') === PRUNE) {
    const others = forCampaigns.filter((it) => it !== 'mode' && it !== 'cache');
    refuse([...others, 'workers'].find(isGiven), '--mode prune only tidies up', 'Leave it out.');
    return prune(tool, command.getOptionValue('cache') ?? CACHE_DIR, json);
  }
  const from = resume === undefined ? undefined : readCheckpoint(tool, resume);
  const given = settingsGiven(command);
  // Whoever goes on with somebody's folder writes into that one alone, unless they say otherwise.
  const chosen = from === undefined ? settled(given) : { ...from.settings, cache: given.cache ?? null };
  const fix = signOff === undefined ? undefined : signOffFor(signOff, before, chosen);
  const dir = resume ?? flags.out ?? outDir();
  const session = open(tool, { settings: chosen, from, dir, fix, workers, file, version, isJson: json });
  if (from?.settings.cache && chosen.cache === null)
    session.out.text(`  cache      not used: --cache ${from.settings.cache} goes on with that one, too`);
  try {
    return await run(session);
  } finally {
    await close(session);
  }
}

function refuse(option: string | undefined, why: string, hint: string): void {
  if (option === undefined) return;
  const text = option.replace(/[A-Z]/g, (it) => `-${it.toLowerCase()}`).replace('keep', 'no-keep');
  throw new UsageError(`${why}; it takes no --${text}`, hint);
}

/** `2026-11-22T004412Z` is readable, sorts, and is a name on every file system. */
function outDir(): string {
  const name = path.join('out', new Date().toISOString().replace(/\.\d+/, '').replaceAll(':', ''));
  let dir = name;
  for (let i = 2; fs.existsSync(dir); i++) dir = `${name}-${i}`;
  return dir;
}
