#!/usr/bin/env node
require('./load.js');
const { project } = require('../main.ts');
const { runCli } = require('../harness/cli');
void runCli(project, require('../package.json').version, process.argv.slice(2), `${__dirname}/worker.js`);
