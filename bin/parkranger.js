#!/usr/bin/env node
// In a checkout the sources are there, and run as they are; a package has them compiled.
// Until there is something to put in order, a signal ends it as it does later: with 130, or 129 where a terminal hangs
// up.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 130],
  ['SIGHUP', 129],
])
  process.on(signal, () => process.exit(code));

const fs = require('node:fs');
const path = require('node:path');

const root = path.dirname(__dirname);
const isCheckout = fs.existsSync(path.join(root, 'main.ts'));
if (isCheckout) require('./load.js');
const own = (name) => require(path.join(root, isCheckout ? '' : 'dist', name));
const { start } = own('harness/cli/start');
const { version } = require('../package.json');
module.exports = start(loaded(), { file: __filename, version });

/** The project; what is wrong with its model may show as soon as it is loaded. */
function loaded() {
  try {
    return own('main').project;
  } catch (error) {
    process.stderr.write(`parkranger: ${error.message}\n${error.hint ?? error.stack}\n`);
    process.exit(error.hint === undefined ? 3 : 2);
  }
}
