// What a worker thread of a campaign runs.
require('./load.js');
const { project } = require('../main.ts');
module.exports = require('../harness/campaign/threads/worker.ts').worker(project);
