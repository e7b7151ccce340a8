/** The thread that draws: first it is told its source, then frame after frame. See render-thread.ts. */
import { parentPort } from 'node:worker_threads';
import type { Renderer } from '@pctalk/core';
import { createMeshRenderer } from '@pctalk/core/mesh-renderer';
import type { DrawRequest, RenderThreadSource } from './render-thread.ts';

const port = parentPort!;
let renderer: Renderer | undefined;
port.on('message', (message: RenderThreadSource | DrawRequest) => {
  if ('crop' in message) {
    renderer = createMeshRenderer(message.crop, message.tick, message);
    return;
  }
  if (renderer === undefined) throw new Error('pctalk bug: a drawing thread was not given its source');
  renderer.render(message.frame, new Uint8ClampedArray(message.pixels));
  port.postMessage(message.pixels, [message.pixels]);
});
