#!/usr/bin/env node
// `npm run screenshots`: pictures of the page as it is, into docs/page.
import { build, checkNode, install } from './setup.mjs';

checkNode();
install('all');
build();
await import('../device-sim/dist/page/screenshots.main.js');
