// A worker of the toy, with properties that misbehave. `hangs` and `dies` do so once for each file that they are told
// of.
require('../../bin/load.js');
const fs = require('node:fs');
const { toy, small } = require('./counter.ts');
const { worker } = require('../campaign/threads/worker.ts');

const once = (name) => {
  const file = process.env[`TOY_${name}`];
  if (file === undefined || !fs.existsSync(file)) return false;
  if (process.env.TOY_ALWAYS === undefined) fs.rmSync(file);
  return true;
};
const misbehaving = (name, act) => ({
  ...small,
  name,
  check: (w) => {
    if (w.counter.value === 2) act();
  },
});
module.exports = worker({
  model: toy,
  known: [],
  claims: [
    small,
    misbehaving('throws', () => {
      throw new Error('no such thing');
    }),
    misbehaving('hangs', () => {
      if (once('hangs')) for (;;);
    }),
    misbehaving('dies', () => {
      if (once('dies')) process.exit(1);
    }),
  ],
});
