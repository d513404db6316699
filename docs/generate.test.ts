import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { generated } from './generate';

const ROOT = path.dirname(__dirname);

it.each([...generated()])('%s is made from the data as it is (else: npm run refresh)', (file, text) => {
  const found = fs.readFileSync(path.join(ROOT, file), 'utf8');
  if (file.endsWith('.json')) expect(JSON.parse(found)).toEqual(JSON.parse(text));
  else expect(found).toBe(text);
});
