import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createOutputFile } from './output-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

describe.skipIf(!existsSync('/dev/full'))('a full disk', () => {
  it('is told as such', async () => {
    await using output = await createOutputFile(at('full.json'));
    rmSync(output.temporary);
    symlinkSync('/dev/full', output.temporary);
    await expect(output.write('content')).rejects.toMatchObject({
      code: 'output-unwritable',
      message: expect.stringContaining('full disk'),
    });
  });
});

describe('createOutputFile', () => {
  it('shows the file only when it is complete', async () => {
    mkdirSync(at('good'));
    const output = await createOutputFile(at('good/a.mp4'));
    writeFileSync(output.temporary, 'video');
    expect(readdirSync(at('good'))).not.toContain('a.mp4');
    await output.commit();
    await output[Symbol.asyncDispose]();
    expect(readdirSync(at('good'))).toEqual(['a.mp4']);
    expect(readFileSync(at('good/a.mp4'), 'utf8')).toBe('video');
  });

  it('is not written once it was disposed', async () => {
    mkdirSync(at('disposed'));
    const output = await createOutputFile(at('disposed/a.mp4'));
    await output[Symbol.asyncDispose]();
    const expected = { code: 'usage', message: expect.stringContaining('disposed') };
    await expect(output.write('x')).rejects.toMatchObject(expected);
    await expect(output.commit()).rejects.toMatchObject(expected);
    expect(readdirSync(at('disposed'))).toEqual([]);
  });

  it('leaves nothing when not committed', async () => {
    mkdirSync(at('gone'));
    {
      await using output = await createOutputFile(at('gone/a.mp4'));
      writeFileSync(output.temporary, 'half');
    }
    expect(readdirSync(at('gone'))).toEqual([]);
  });

  it.each([
    ['no-folder/a.mp4', 'no folder'],
    ['.', 'a folder'],
    ['input.jpg', 'the input itself'],
    ['link.jpg', 'the input itself'],
    ['input.jpg/a.mp4', 'ENOTDIR'],
    ['device', 'a device'],
  ])('refuses %s', async (name, reason) => {
    writeFileSync(at('input.jpg'), 'x');
    rmSync(at('link.jpg'), { force: true });
    rmSync(at('device'), { force: true });
    symlinkSync(at('input.jpg'), at('link.jpg'));
    symlinkSync('/dev/null', at('device'));
    await expect(createOutputFile(at(name), { inputs: [at('input.jpg')] })).rejects.toMatchObject({
      code: 'output-unwritable',
      message: expect.stringContaining(reason),
    });
  });

  it.each([
    ['a.txt', 'a.mp4'],
    ['a.WEBM', 'a.mp4'],
    ['a', 'a.mp4'],
    ['take 1.of two', 'take 1.of two.mp4'],
    ['.mp4', '.mp4.mp4'],
  ])('refuses %s as a video and names %s', async (name, better) => {
    await expect(createOutputFile(at(name), { extension: '.mp4' })).rejects.toMatchObject({
      code: 'output-unwritable',
      message: expect.stringMatching(new RegExp(`name it .*/${better.replaceAll('.', '\\.')}$`)),
    });
  });

  it('makes the file a link leads to, there before or not', async () => {
    mkdirSync(at('links/real'), { recursive: true });
    mkdirSync(at('links/deep'));
    symlinkSync('deep/second.mp4', at('links/first.mp4'));
    symlinkSync('../real/film.mp4', at('links/deep/second.mp4'));
    for (const content of ['one', 'two']) {
      await using output = await createOutputFile(at('links/first.mp4'));
      await output.write(content);
      await output.commit();
      expect(readFileSync(at('links/real/film.mp4'), 'utf8')).toBe(content);
      expect(lstatSync(at('links/first.mp4')).isSymbolicLink()).toBe(true);
    }
    expect(readdirSync(at('links/real'))).toEqual(['film.mp4']);
  });

  it('refuses links that lead nowhere', async () => {
    symlinkSync(at('missing/film.mp4'), at('astray.mp4'));
    symlinkSync(at('round.mp4'), at('round.mp4'));
    const expected = (part: string) => ({ code: 'output-unwritable', message: expect.stringContaining(part) });
    await expect(createOutputFile(at('astray.mp4'))).rejects.toMatchObject(expected("no folder '"));
    await expect(createOutputFile(at('round.mp4'))).rejects.toMatchObject(expected('circle'));
  });

  it('tells that its folder was removed', async () => {
    for (const end of ['write', 'commit'] as const) {
      mkdirSync(at('removed'));
      await using output = await createOutputFile(at('removed/a.mp4'));
      rmSync(at('removed'), { recursive: true });
      await expect(end === 'write' ? output.write('x') : output.commit()).rejects.toMatchObject({
        code: 'output-unwritable',
        message: expect.stringContaining('removed'),
      });
    }
  });

  it('clears away what a killed process left of the same output, and nothing else', async () => {
    mkdirSync(at('killed'));
    const names = ['a.mp4', `${'long'.repeat(50)}.mp4`];
    const claims = `
      import { createOutputFile } from ${JSON.stringify(new URL('output-file.ts', import.meta.url).href)};
      for (const name of ${JSON.stringify(names)}) await createOutputFile(${JSON.stringify(at('killed/'))} + name);
      process.kill(process.pid, 'SIGKILL');`;
    const node = ['--import', 'tsx', '--conditions=source', '--input-type=module', '-e', claims];
    expect(spawnSync(process.execPath, node).signal).toBe('SIGKILL');
    expect(readdirSync(at('killed')).length).toBe(2);
    writeFileSync(at('killed/.a.1-0123456789ab.mp4'), 'of a process that runs');
    writeFileSync(at('killed/.a.note.mp4'), 'of the user');
    const inUse = await createOutputFile(at('killed/a.mp4'));
    for (const name of names) {
      await using output = await createOutputFile(at(`killed/${name}`));
      await output.write('whole');
      await output.commit();
    }
    expect(existsSync(inUse.temporary)).toBe(true);
    await inUse[Symbol.asyncDispose]();
    expect(readdirSync(at('killed')).sort()).toEqual(['.a.1-0123456789ab.mp4', '.a.note.mp4', ...names].sort());
  });

  it('goes with a process that ends at once', () => {
    mkdirSync(at('ended'));
    const claims = `
      import { createOutputFile } from ${JSON.stringify(new URL('output-file.ts', import.meta.url).href)};
      await createOutputFile(${JSON.stringify(at('ended/a.mp4'))});
      process.exit(3);`;
    const node = ['--import', 'tsx', '--conditions=source', '--input-type=module', '-e', claims];
    expect(spawnSync(process.execPath, node).status).toBe(3);
    expect(readdirSync(at('ended'))).toEqual([]);
  });

  it('refuses a read-only folder or file', async (context) => {
    if (process.getuid?.() === 0) return context.skip('root may write everywhere');
    mkdirSync(at('locked'), { mode: 0o555 });
    await expect(createOutputFile(at('locked/a.mp4'))).rejects.toMatchObject({ code: 'output-unwritable' });
    writeFileSync(at('fixed.mp4'), 'x');
    chmodSync(at('fixed.mp4'), 0o444);
    await expect(createOutputFile(at('fixed.mp4'))).rejects.toMatchObject({ code: 'output-unwritable' });
  });
});
