import os from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../base/errors';
import { type Settings, settings, wholeNumber } from '../campaign/settings';

/** For commander, which wants errors of its own. */
export function parseCount(min: number, max: number): (text: string) => number {
  const parse = wholeNumber(min, max);
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw error instanceof UsageError
        ? new InvalidArgumentError(`${error.message[0]!.toUpperCase()}${error.message.slice(1)}`)
        : error;
    }
  };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 };

/** A time of whole seconds, written as `30`, `30s`, `10m` or `2h`. */
export function parseSeconds(max: number): (text: string) => number {
  return (text) => {
    const [, count, unit] = /^(\d{1,9})([smh]?)$/.exec(text) ?? [];
    const value = count === undefined ? 0 : Number(count) * UNITS[unit!]!;
    if (value < 1 || value > max) throw new InvalidArgumentError(`It wants a time (30s, 10m, 2h) from 1s to ${max}s.`);
    return value;
  };
}

const MAX_WORKERS = 1024;
/** `auto`, or how many. */
export function parseWorkers(text: string): number {
  if (text === 'auto') return os.availableParallelism();
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > MAX_WORKERS)
    throw new InvalidArgumentError(`It wants auto, or a whole number from 1 to ${MAX_WORKERS}.`);
  return value;
}

const names = Object.keys(settings) as (keyof Settings)[];

/** An option for each setting of a campaign. */
export function addSettings(command: Command): void {
  for (const name of names) {
    const { flag, help, default: usual, choices } = settings[name];
    const option = new Option(flag, help);
    if (usual !== null && usual !== '') option.default(usual);
    if (choices !== undefined) option.choices(choices);
    command.addOption(option);
  }
}

/** The settings that were given on the command line. Throws a UsageError that names the option. */
export function settingsGiven(command: Command): Partial<Settings> {
  const given = names.filter((name) => command.getOptionValueSource(name) === 'cli');
  return Object.fromEntries(given.map((name) => [name, settingFrom(name, command.getOptionValue(name))]));
}

function settingFrom(name: keyof Settings, typed: unknown): unknown {
  const { flag, parse } = settings[name];
  if (parse === undefined || typeof typed !== 'string') return typed;
  try {
    return parse(typed);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${flag.split(' ')[0]} "${typed}": ${error.message}`, error.hint);
  }
}
