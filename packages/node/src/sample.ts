import { createRequire } from 'node:module';

/** Paths of the bundled portrait and speech. */
export function sampleFiles(): { readonly source: string; readonly audio: string } {
  const { resolve } = createRequire(import.meta.url);
  const asset = (name: string): string => resolve(`@pctalk/core/assets/sample/${name}`);
  return { source: asset('portrait.jpg'), audio: asset('speech.wav') };
}
