// Every export of the packages says in a doc comment what it is.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const problems = [];
for (const name of readdirSync('packages')) {
  for (const entry of readdirSync(join('packages', name, 'src'), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && path.endsWith('.ts') && !/\.(test|d)\.ts$/.test(path)) checkFile(path);
  }
}

function checkFile(path) {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const documented = new Set();
  for (const statement of file.statements) {
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue;
    for (const name of namesOf(statement)) {
      // One comment serves all overloads, and a type beside its value of the same origin.
      if (ts.getJSDocCommentsAndTags(statement).length > 0) documented.add(name);
      else if (!documented.has(name) && !isDerivedType(statement))
        problems.push(`${place(file, statement)}: ${name} lacks a doc comment`);
    }
  }
}

function namesOf(statement) {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  return statement.name === undefined ? [] : [statement.name.getText()];
}

/** `type X = (typeof XS)[number]` and its like: XS beside it says it. */
function isDerivedType(statement) {
  return ts.isTypeAliasDeclaration(statement) && /typeof|keyof/.test(statement.type.getText());
}

function place(file, node) {
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
