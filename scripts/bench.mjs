#!/usr/bin/env node
// `npm run bench -- [NAME] [--json]`
import { build, buildTools, checkNode, install } from './setup.mjs';

checkNode();
install('all');
build();
/** Those with a browser, and all. */
const names = process.argv.slice(2).filter((each) => !each.startsWith('-'));
if (names.length === 0 || names.includes('page')) buildTools();
const { bench } = await import('../device-sim/dist/bench/main.js');
process.exitCode = await bench(process.argv.slice(2));
