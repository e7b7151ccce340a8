// The worker in which a talker runs: load it as a module worker and hand it to `createTalker`.
import { type ManifestSigner, PcTalkError, readFaceAssets, type StillSource, TalkerCore } from '@pctalk/core';
import { checkEarEncoder } from './ear-encoder.ts';
import { createWebRuntime } from './onnx-runtime.ts';
import { renderTake } from './render-take.ts';
import { createEphemeralSigner } from './signing-key.ts';
import {
  type FromWorker,
  type SourceWarning,
  type TalkerRequest,
  type TalkerResults,
  type ToWorker,
  toWire,
} from './talker-protocol.ts';

/** The part of DedicatedWorkerGlobalScope used here; its types exclude those of pages. */
interface WorkerScope {
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}

/** Frames the page may be behind, so that it stays in memory's bounds. */
const FRAMES_IN_FLIGHT = 8;

const scope = globalThis as unknown as WorkerScope;
const sources = new Map<number, StillSource>();
const running = new Map<number, { readonly stop: AbortController; inFlight: number; wake: (() => void) | undefined }>();
let core: TalkerCore | undefined;
let signer: Promise<ManifestSigner> | undefined;
let nextSource = 1;

scope.onmessage = ({ data }) => {
  if ('request' in data) void answer(data.id, data.request);
  const take = running.get(data.id);
  if (take === undefined) return;
  if ('cancel' in data) take.stop.abort();
  if ('taken' in data) take.inFlight--;
  take.wake?.();
};

async function answer(id: number, request: TalkerRequest): Promise<void> {
  try {
    const result = await carryOut(id, request);
    const video = 'video' in result ? result.video : undefined;
    scope.postMessage({ id, result }, video ? [video.bytes.buffer as ArrayBuffer] : []);
  } catch (error) {
    scope.postMessage({ id, error: toWire(error) });
  }
}

async function carryOut(id: number, request: TalkerRequest): Promise<TalkerResults[keyof TalkerResults]> {
  switch (request.kind) {
    case 'open': {
      const { face, ...assets } = request.assets;
      if (assets.ear !== undefined) await checkEarEncoder(assets.ear.encoder);
      const runtime = await createWebRuntime(request.runtime);
      core = await TalkerCore.create(runtime, { face: readFaceAssets(face), ...assets });
      return { device: runtime.device };
    }
    case 'prepare': {
      const { picture, faceIndex, where } = request;
      const warnings: SourceWarning[] = [];
      const onWarning = (warning: SourceWarning) => void warnings.push(warning);
      const prepared = await opened().prepare(picture, { faceIndex, where, onWarning });
      sources.set(nextSource, prepared);
      return { source: nextSource++, region: prepared.region, warnings };
    }
    case 'forget':
      sources.delete(request.source);
      return {};
    case 'render':
      return render(id, request);
  }
}

async function render(id: number, request: TalkerRequest & { kind: 'render' }): Promise<TalkerResults['render']> {
  const source = sources.get(request.source);
  if (source === undefined)
    throw new PcTalkError('usage', 'render: expected a prepared source, got one that was released');
  const take = { stop: new AbortController(), inFlight: 0, wake: undefined as (() => void) | undefined };
  running.set(id, take);
  try {
    const parts = {
      core: opened(),
      source,
      signal: take.stop.signal,
      signer: () => (signer ??= createEphemeralSigner()),
    };
    return await renderTake(request, parts, {
      onProgress: (done, total) => scope.postMessage({ id, progress: { done, total } }),
      async onFrame(frame) {
        while (take.inFlight >= FRAMES_IN_FLIGHT && !take.stop.signal.aborted) {
          await new Promise<void>((resolve) => (take.wake = resolve));
        }
        take.inFlight++;
        scope.postMessage({ id, frame }, [frame.image.data.buffer as ArrayBuffer]);
      },
    });
  } finally {
    running.delete(id);
  }
}

function opened(): TalkerCore {
  if (core === undefined) throw new PcTalkError('usage', 'talker: expected an open talker, got none');
  return core;
}
