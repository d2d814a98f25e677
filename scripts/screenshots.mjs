#!/usr/bin/env node
// `npm run screenshots`: pictures of the page as it is, into docs/page.
import { build, checkNode, install, run, stop } from './setup.mjs';

checkNode();
install('all');
build();
// What draws them needs a browser's driver, which `npm start` does not install.
const tools = run(process.execPath, [
  'node_modules/typescript/bin/tsc',
  '-b',
  'device-sim/tsconfig.tools.json',
]);
if (!tools.ok) stop(`The build failed:\n${tools.output.trim()}`);
await import('../device-sim/dist-tools/page/screenshots.main.js');
