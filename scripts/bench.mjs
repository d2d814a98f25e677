#!/usr/bin/env node
// `npm run bench -- [NAME] [--json]`
import { build, checkNode, install } from './setup.mjs';

checkNode();
install('all');
build();
const { bench } = await import('../device-sim/dist/bench/main.js');
process.exitCode = await bench(process.argv.slice(2));
