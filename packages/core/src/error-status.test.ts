import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_STATUS } from './error-status.ts';
import { ERROR_CODES } from './errors.ts';

describe('docs/errors.md', () => {
  it('lists every code with its statuses, a cause and a remedy', () => {
    const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\d+) \| (\d+) \| .{10,} \| .{10,} \|$/gm)];
    const listed = Object.fromEntries(
      rows.map(([, code, http, exit]) => [code, { http: Number(http), exit: Number(exit) }]),
    );
    expect(listed).toEqual(ERROR_STATUS);
    expect(Object.keys(listed).sort()).toEqual([...ERROR_CODES].sort());
  });
});
