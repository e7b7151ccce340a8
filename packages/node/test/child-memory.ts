import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Runs code in a process of its own and measures what memory it takes.
 * @param code statements of a module; memory is counted from its call of `start()` to its end
 * @returns what the resident set grew by at most, MB, and what was printed
 */
export async function memoryOf(code: string): Promise<{ readonly grownMb: number; readonly printed: string }> {
  const script = `
    import { existsSync, readFileSync, writeFileSync } from 'node:fs';
    let before = 0;
    const highest = () => {
      const line = existsSync('/proc/self/status') && /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
      return 1024 * (line ? Number(line[1]) : process.resourceUsage().maxRSS);
    };
    const start = () => {
      globalThis.gc();
      try { writeFileSync('/proc/self/clear_refs', '5'); } catch {} // Linux: the highest from here on.
      before = process.memoryUsage().rss;
    };
    ${code}
    console.log(JSON.stringify({ grownMb: (highest() - before) / 2 ** 20 }));
  `;
  const args = ['--expose-gc', '--import', 'tsx', '--conditions=source', '--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 });
  const lines = stdout.trim().split('\n');
  return { ...(JSON.parse(lines.at(-1)!) as { readonly grownMb: number }), printed: lines.slice(0, -1).join('\n') };
}
