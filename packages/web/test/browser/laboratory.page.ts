// The page in which the browser tests run: it hands the packages' functions to the tests, which call them from Node.
import * as core from '@pctalk/core';
import * as web from '@pctalk/web';
import * as comparison from './comparison.ts';
import * as experiments from './experiments.ts';

async function fetchBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function fetchFloats(path: string): Promise<Float32Array> {
  return new Float32Array((await fetchBytes(path)).buffer);
}

/** The models, from where the tests serve them. */
async function readAssets(): Promise<core.TalkerAssets> {
  const [detector, landmarks, basis, speech, network, styles, emotion, matte] = await Promise.all(
    ['detector', 'landmarks', 'basis', 'speech', 'lac', 'styles', 'emotion', 'matte'].map((name) =>
      fetchBytes(`/models/${name}`),
    ),
  );
  return {
    face: { detector: detector!, landmarks: landmarks! },
    basis: basis!,
    speech: speech!,
    lips: { network: network!, styles: styles! },
    emotion: emotion!,
    matte: matte!,
  };
}

/** A talker in a worker of its own; the face models are those of `@mediapipe/face_mesh`, packed. */
async function openTalker(): Promise<web.WebTalker> {
  const [face, basis, speech, network, styles, emotion, matte] = await Promise.all(
    ['packed', 'basis', 'speech', 'lac', 'styles', 'emotion', 'matte'].map((name) => fetchBytes(`/models/${name}`)),
  );
  return web.createTalker({
    worker: new Worker('/worker.js', { type: 'module' }),
    assets: {
      face: face!,
      basis: basis!,
      speech: speech!,
      lips: { network: network!, styles: styles! },
      emotion: emotion!,
      matte: matte!,
    },
    c2pa: '/c2pa.wasm',
    runtime: { wasmPaths: '/ort/' },
  });
}

async function post(path: string, body: ArrayBufferView): Promise<void> {
  await fetch(path, { method: 'POST', body: body as BufferSource });
}

/** The code of the error that `action` ends with. */
async function codeOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
    return 'none';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const laboratory = {
  core,
  web,
  ...experiments,
  ...comparison,
  fetchBytes,
  fetchFloats,
  readAssets,
  openTalker,
  post,
  codeOf,
};
export type Laboratory = typeof laboratory;
Object.assign(globalThis, { laboratory });
