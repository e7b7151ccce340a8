import {
  chmodSync,
  existsSync,
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

  it('refuses a name of another kind', async () => {
    await expect(createOutputFile(at('a.txt'), { extension: '.mp4' })).rejects.toMatchObject({
      code: 'output-unwritable',
    });
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
