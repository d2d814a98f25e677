#!/usr/bin/env node
// `npm run dashboards`: pictures of every Grafana dashboard with simulated data, into docs/grafana.
import { buildTools, checkNode, install } from './setup.mjs';

checkNode();
install('all');
buildTools();
await import('../device-sim/dist-tools/grafana/pictures.main.js');
