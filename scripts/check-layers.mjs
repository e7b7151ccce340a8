// Keeps the layers: which package may import which, and which folder of core may import which (docs/architecture.md).
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const PACKAGES = {
  graph: [],
  core: ['graph'],
  node: ['graph', 'core'],
  web: ['graph', 'core'],
  train: ['graph', 'core', 'node'],
  eval: ['graph', 'core', 'node'],
  cli: ['core', 'node', 'eval'],
};
const CORE_ORDER = ['math', 'audio', 'face', 'motion', 'models', 'text', 'render', 'pipeline'];
const problems = [];

for (const name of Object.keys(PACKAGES)) {
  const root = join('packages', name, 'src');
  for (const file of walk(root)) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    for (const target of imports(readFileSync(file, 'utf8'))) check(name, relative(root, file), file, target);
  }
}

function check(name, inside, file, target) {
  const own = target.match(/^@pctalk\/([a-z]+)/);
  if (own && !PACKAGES[name].includes(own[1])) problems.push(`${file}: ${name} must not import ${target}`);
  if ((name === 'core' || name === 'graph') && target.startsWith('node:')) {
    problems.push(`${file}: ${name} is platform-free and must not import ${target}`);
  }
  if (target.startsWith('.') && /(^|\/)index\.ts$/.test(target) && !inside.endsWith('index.ts')) {
    problems.push(`${file}: internal files never import a barrel (${target})`);
  }
  if (name !== 'core' || !target.startsWith('.')) return;
  const from = CORE_ORDER.indexOf(inside.split('/')[0]);
  const to = CORE_ORDER.indexOf(relative('packages/core/src', join(file, '..', target)).split('/')[0]);
  if (from >= 0 && to > from) problems.push(`${file}: ${CORE_ORDER[from]} must not import ${CORE_ORDER[to]}`);
}

function* walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

function* imports(text) {
  for (const match of text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) yield match[1];
}

for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
