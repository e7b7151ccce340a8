import { spawnSync } from 'node:child_process';

/**
 * Runs a module's code in a process of its own.
 * @param code statements; `done()` ends it, memory is counted from `start()` on
 * @returns what its memory grew by at most, MB, and what it printed
 */
export function memoryOf(code: string): { readonly grownMb: number; readonly printed: string } {
  const script = `
    let before = 0;
    const start = () => { globalThis.gc?.(); before = process.memoryUsage().rss; };
    ${code}
    const most = process.resourceUsage().maxRSS * 1024;
    console.log(JSON.stringify({ grownMb: (most - before) / 2 ** 20 }));
  `;
  const args = ['--expose-gc', '--import', 'tsx', '--conditions=source', '--input-type=module', '-e', script];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const lines = stdout.trim().split('\n');
  return { ...(JSON.parse(lines.at(-1)!) as { readonly grownMb: number }), printed: lines.slice(0, -1).join('\n') };
}
