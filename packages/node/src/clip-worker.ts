/** The thread that dubs: first it is told the clip's parts, then frame after frame. See clip-thread.ts. */
import { parentPort } from 'node:worker_threads';
import { ClipDub } from '@pctalk/core/clip-dub';
import type { DubRequest, DubThreadSource } from './clip-thread.ts';

const port = parentPort!;
let dub: ClipDub | undefined;
port.on('message', (message: DubThreadSource | DubRequest) => {
  if ('parts' in message) {
    dub = new ClipDub(message.parts);
    return;
  }
  if (dub === undefined) throw new Error('pctalk bug: a dubbing thread was not given its clip');
  const { picture, tick, driven } = message;
  dub.draw(picture, tick, driven);
  port.postMessage(picture, [picture.data.buffer as ArrayBuffer]);
});
