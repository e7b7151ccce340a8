// Speaks the bundled sample: loads the models from this page's own origin, draws in a worker, plays, offers the MP4.
import c2pa from '@contentauth/c2pa-wasm/c2pa.wasm?url';
import faceModels from '@mediapipe/face_mesh/face_mesh_solution_packed_assets.data?url';
import matteModel from '@mediapipe/selfie_segmentation/selfie_segmentation.tflite?url';
import emotionModel from '@pctalk/core/assets/emotion.onnx?url';
import lipModel from '@pctalk/core/assets/lac.onnx?url';
import lipStyles from '@pctalk/core/assets/lac-styles.safetensors?url';
import basis from '@pctalk/core/assets/mesh-basis.bin?url';
import portrait from '@pctalk/core/assets/sample/portrait.jpg?url';
import speech from '@pctalk/core/assets/sample/speech.wav?url';
import speechModel from '@pctalk/core/assets/speech-lips.onnx?url';
import { createPlayer, createTalker, type Player } from '@pctalk/web';

const FRAME_RATE = 25;
const canvas = element('face', HTMLCanvasElement);
const speak = element('speak', HTMLButtonElement);
const stop = element('stop', HTMLButtonElement);
const progress = element('progress', HTMLProgressElement);
const status = element('status', HTMLOutputElement);
const download = element('download', HTMLAnchorElement);

const [face, basisBytes, speechBytes, network, styles, emotionBytes, matte, picture, audio] = await Promise.all(
  [faceModels, basis, speechModel, lipModel, lipStyles, emotionModel, matteModel, portrait, speech].map(load),
);
const talker = await createTalker({
  worker: new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
  assets: {
    face: face!,
    basis: basisBytes!,
    speech: speechBytes!,
    lips: { network: network!, styles: styles! },
    emotion: emotionBytes!,
    matte: matte!,
  },
  c2pa,
});
const source = await talker.prepare({ file: new Blob([picture!]), name: 'portrait.jpg' });
status.value = `ready (${talker.device})`;
speak.disabled = false;
speak.onclick = () => void take();

/** One take: rendered, shown and heard at once, then offered as a file. */
async function take(): Promise<void> {
  const cancel = new AbortController();
  let player: Player | undefined;
  speak.disabled = true;
  stop.disabled = false;
  stop.onclick = () => cancel.abort();
  status.value = 'speaking …';
  try {
    const video = await talker.render({
      source,
      audio: audio!,
      title: 'talking-face.mp4',
      signal: cancel.signal,
      onAudio: ({ sound }) => {
        player = createPlayer({ canvas, sound, frameRate: FRAME_RATE });
      },
      onFrame: ({ image }) => player?.push(image),
      onProgress: (done, total) => {
        progress.value = done / total;
      },
    });
    URL.revokeObjectURL(download.href);
    download.href = URL.createObjectURL(video.file);
    download.hidden = false;
    await player?.end();
    status.value = `spoke ${video.frameCount} frames (${video.codec})`;
  } catch (error) {
    await player?.stop();
    status.value = (error as Error).message;
  }
  speak.disabled = false;
  stop.disabled = true;
}

async function load(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${type.name} '${id}'`);
  return found;
}
