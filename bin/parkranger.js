#!/usr/bin/env node
// In a checkout the sources are there, and run as they are; a package has them compiled.
const fs = require('node:fs');
const path = require('node:path');

const root = path.dirname(__dirname);
const isCheckout = fs.existsSync(path.join(root, 'main.ts'));
if (isCheckout) require('./load.js');
const own = (name) => require(path.join(root, isCheckout ? '' : 'dist', name));
const { start } = own('harness/cli/start');
const { version } = require('../package.json');
module.exports = start(own('main').project, { file: __filename, version });
