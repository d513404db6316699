import fs from 'node:fs';
import path from 'node:path';
import { type Entry, readEntry } from './harness/find/entry';
import { toToken } from './harness/tell/recording';
import { storyText } from './harness/tell/story';
import { project } from './main';
import type { Program } from './models/program';

/** The README shows this entry's story and token; `npm run refresh` puts them there after the model has changed. */
const FILE = path.join(__dirname, 'README.md');
export const readmeEntry = (): Entry<Program> => readEntry(project, path.join(__dirname, 'corpus', 'H12-S1.json'));
export const readReadme = (): string => fs.readFileSync(FILE, 'utf8');

export function withStory(readme: string, entry: Entry<Program>): string {
  return readme
    .replace(/```text\n.*?```/s, () => `\`\`\`text\n${entry.sentence}\n\n${storyText(entry.story)}\n\`\`\``)
    .replace(/replay -- pr1:\S+/, () => `replay -- ${toToken(project.model, entry)}`);
}

if (require.main === module) fs.writeFileSync(FILE, withStory(readReadme(), readmeEntry()));
