import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { COEFFICIENT_COUNT, expandChannels, PcTalkError, SPEECH_CHANNELS, type SpeechChannel } from '@pctalk/core';
import type { LipModel } from './lip-model.ts';

/** Our reading of the Oculus visemes, as channels of the mesh space when the viseme stands at 1. */
export const VISEME_LIPS: Readonly<Record<string, Readonly<Partial<Record<SpeechChannel, number>>>>> = {
  viseme_sil: {},
  viseme_aa: { jawOpen: 0.8, mouthLowerDown: 0.45, mouthUpperUp: 0.2 },
  viseme_E: { jawOpen: 0.45, mouthStretch: 0.3, mouthSmile: 0.2, mouthLowerDown: 0.45, mouthUpperUp: 0.3 },
  viseme_I: { jawOpen: 0.28, mouthStretch: 0.35, mouthSmile: 0.35, mouthLowerDown: 0.45, mouthUpperUp: 0.3 },
  viseme_O: { jawOpen: 0.5, mouthFunnel: 0.6, mouthPucker: 0.25 },
  viseme_U: { jawOpen: 0.22, mouthFunnel: 0.35, mouthPucker: 0.8 },
  viseme_PP: { mouthPress: 0.4 },
  viseme_FF: { jawOpen: 0.15, mouthRollLower: 0.55, mouthUpperUp: 0.4 },
  viseme_TH: { jawOpen: 0.3, mouthLowerDown: 0.45, mouthUpperUp: 0.2 },
  viseme_DD: { jawOpen: 0.3, mouthLowerDown: 0.5, mouthUpperUp: 0.3 },
  viseme_kk: { jawOpen: 0.35, mouthLowerDown: 0.45, mouthUpperUp: 0.3 },
  viseme_CH: { jawOpen: 0.2, mouthFunnel: 0.5, mouthPucker: 0.25, mouthLowerDown: 0.5, mouthUpperUp: 0.4 },
  viseme_SS: { jawOpen: 0.18, mouthStretch: 0.2, mouthLowerDown: 0.55, mouthUpperUp: 0.45 },
  viseme_nn: { jawOpen: 0.28, mouthLowerDown: 0.45, mouthUpperUp: 0.25 },
  viseme_RR: { jawOpen: 0.28, mouthFunnel: 0.3, mouthPucker: 0.3 },
};

const FRAME = 640;
/** Samples an AudioWorklet gets at once. */
const QUANTUM = 128;

/** What is used of the package. */
interface Worklet {
  onvalue: (viseme: string, value: number) => void;
  readonly port: { onmessage: (message: { readonly data: unknown }) => void };
  loadModel(url: string): Promise<void>;
  update(milliseconds: number): void;
}
interface Processor {
  process(samples: Float32Array): void;
  _onmessage(message: { readonly data: unknown }): void;
}

/**
 * HeadAudio, the lip sync of TalkingHead, as it runs beside an animation at 25 frames a second: what is heard until a
 * frame begins moves that frame. A baseline; its visemes become lips by `VISEME_LIPS`.
 *
 * @throws `model-missing` if the package is not installed.
 * @source met4citizen/HeadAudio 0.1.0 (MIT), run from its own files with its English model
 */
export async function createHeadAudioModel(): Promise<LipModel> {
  const folder = packageFolder();
  const module = (path: string) => import(pathToFileURL(join(folder, path)).href);
  // The package extends a class that only browsers have: between its two halves stands a wire.
  const scope = globalThis as { AudioWorkletNode?: unknown };
  scope.AudioWorkletNode ??= class {
    port = { onmessage: () => {}, postMessage: () => {} };
  };
  const { HeadAudio } = await module('modules/headaudio.mjs');
  const { Processor } = await module('modules/processor.mjs');
  const bytes = await readFile(join(folder, 'dist/model-en-mixed.bin'));
  const model = `data:application/octet-stream;base64,${bytes.toString('base64')}`;
  return {
    name: 'HeadAudio',
    async lips(samples) {
      const node: Worklet = new HeadAudio({});
      const port = { postMessage: (data: unknown) => node.port.onmessage({ data }) };
      const processor: Processor = new Processor({ sampleRate: 16000 }, { port });
      Object.assign(node.port, { postMessage: (data: unknown) => processor._onmessage({ data }) });
      await node.loadModel(model);
      const values = new Map<string, number>();
      node.onvalue = (viseme, value) => values.set(viseme, value);
      const frames: Float32Array[] = [];
      let heard = 0;
      for (let start = 0; start < samples.length; start += FRAME) {
        for (; heard + QUANTUM <= start; heard += QUANTUM) processor.process(samples.slice(heard, heard + QUANTUM));
        node.update(40);
        frames.push(lipsOf(values));
      }
      return frames;
    },
    async dispose() {},
  };
}

function lipsOf(values: ReadonlyMap<string, number>): Float32Array {
  const channels = new Float32Array(SPEECH_CHANNELS.length);
  for (const [viseme, value] of values) {
    SPEECH_CHANNELS.forEach((name, i) => {
      channels[i]! += value * (VISEME_LIPS[viseme]?.[name] ?? 0);
    });
  }
  const lips = new Float32Array(COEFFICIENT_COUNT);
  expandChannels(channels, lips);
  return lips;
}

function packageFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('@met4citizen/headaudio/package.json'));
  } catch (cause) {
    const message = '@met4citizen/headaudio: expected it installed, found none; install it to evaluate lips';
    throw new PcTalkError('model-missing', message, { cause });
  }
}
