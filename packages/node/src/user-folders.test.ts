import { spawnSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { loadSigner } from './signing-key.ts';
import { cachedTrack } from './source-track-cache.ts';
import { cacheFolder, configFolder, neededCacheFolder } from './user-folders.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  userInfo: () => {
    throw new Error('A system error occurred: uv_os_get_passwd returned ENOENT (no such file or directory)');
  },
}));

it("keeps files in the platform's folders", () => {
  expect(cacheFolder({ HOME: '/home/a' }, 'linux')).toBe('/home/a/.cache/pctalk');
  expect(cacheFolder({ HOME: '/home/a', XDG_CACHE_HOME: '/c' }, 'linux')).toBe('/c/pctalk');
  expect(cacheFolder({ HOME: '/Users/a' }, 'darwin')).toBe('/Users/a/Library/Caches/pctalk');
  expect(cacheFolder({ LOCALAPPDATA: '/l' }, 'win32')).toBe('/l/pctalk/Cache');
  expect(cacheFolder({ PCTALK_CACHE: '/x' }, 'linux')).toBe('/x');
  expect(configFolder({ HOME: '/home/a' })).toBe('/home/a/.config/pctalk');
});

describe('a user without a home and without an entry', () => {
  it('has no folders, unless they are named', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) expect(cacheFolder({}, platform)).toBeUndefined();
    expect(configFolder({})).toBeUndefined();
    expect(cacheFolder({ PCTALK_CACHE: '/x' }, 'linux')).toBe('/x');
    expect(configFolder({ XDG_CONFIG_HOME: '/c' })).toBe('/c/pctalk');
  });

  it('signs with a key that is not kept, caches nothing, and hears what models need', async () => {
    for (const name of ['HOME', 'USERPROFILE', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'PCTALK_CACHE'])
      vi.stubEnv(name, '');
    const warnings: string[] = [];
    const { chain } = await loadSigner(({ code }) => warnings.push(code));
    expect(chain.length).toBe(2);
    expect(warnings).toEqual(['signing-key-not-kept']);
    const track = { fps: 25 } as Awaited<ReturnType<typeof cachedTrack>>;
    expect(await cachedTrack('aa', undefined, async () => track)).toBe(track);
    expect(() => neededCacheFolder()).toThrow(expect.objectContaining({ code: 'usage' }));
    vi.unstubAllEnvs();
  });

  it('exists: Node throws for a number nobody has entered', (context) => {
    if (process.getuid?.() !== 0) return context.skip('only root may run as another user');
    const asks = "try { require('os').userInfo() } catch { process.exit(7) }";
    const options = { uid: 54_321, gid: 54_321, cwd: '/', env: {} };
    const { status, error } = spawnSync(process.execPath, ['-e', asks], options);
    if (error !== undefined) return context.skip(`the program cannot be run as another user here: ${error.message}`);
    expect(status).toBe(7);
  });
});
