// Lets `require` take the TypeScript sources as they are; types are checked by `npm run check`, not here. Each file is
// compiled once: what comes out is kept in node_modules/.cache by its content, so that only a first start pays for the
// compiler.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const root = path.dirname(__dirname);
const cache = path.join(root, 'node_modules', '.cache', 'parkranger');
const version = ['typescript', 'ts-node'].map((name) => require(`${name}/package.json`).version).join();
const settings = version + fs.readFileSync(path.join(root, 'tsconfig.json'), 'utf8');

let compiler;
function compile(source, file) {
  compiler ??= require('ts-node').create({ transpileOnly: true, project: path.join(root, 'tsconfig.json') });
  return compiler.compile(source, file);
}

/** A cache that cannot be written is only slow. */
function keep(file, text) {
  const temporary = `${file}.${process.pid}.${require('node:worker_threads').threadId}.tmp`;
  try {
    fs.mkdirSync(cache, { recursive: true });
    fs.writeFileSync(temporary, text);
    fs.renameSync(temporary, file);
  } catch {
    fs.rmSync(temporary, { force: true });
  }
}

require.extensions['.ts'] = (module, file) => {
  const source = fs.readFileSync(file, 'utf8');
  const name = createHash('sha256').update(settings).update(file).update(source).digest('hex');
  const kept = path.join(cache, `${name}.js`);
  let text;
  try {
    text = fs.readFileSync(kept, 'utf8');
  } catch {
    text = compile(source, file);
    keep(kept, text);
  }
  module._compile(text, file);
};
