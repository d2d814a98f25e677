#!/usr/bin/env node
// `npm run screenshots`: pictures of the page as it is, into docs/page.
import { build, buildTools, checkNode, install } from './setup.mjs';

checkNode();
install('all');
build();
buildTools();
await import('../device-sim/dist-tools/page/screenshots.main.js');
