#!/usr/bin/env node
// `npm start`: from a fresh clone to a running gateway with one command.
import { build, checkNode, install, say } from './setup.mjs';

const startedMs = Date.now();
checkNode();
install('run');
say('Building …');
build();
const { demo } = await import('../device-sim/dist/cli/demo.js');
process.exitCode = await demo(process.argv.slice(2), { startedMs });
