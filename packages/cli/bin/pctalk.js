#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) await import(main);
else {
  console.error('pctalk: expected the built program, found its source alone; run "npm run setup" in the project once');
  process.exitCode = 5;
}
