/** CPU time of following the face through a clip, all processes: `track-clip.ts CLIP`. The clip is tracked twice, warm the second time. */
import { clipDecode, createTalker, probeVideo, trackClip } from '@pctalk/node';

const [path] = process.argv.slice(2);
if (!path) throw new Error('usage: track-clip.ts CLIP');
await using talker = await createTalker();
const decode = clipDecode(await probeVideo(path));
for (const run of ['cold', 'warm']) {
  const started = process.cpuUsage();
  const { frameCount } = await trackClip(talker.core.analyser, path, { decode });
  const { user, system } = process.cpuUsage(started);
  console.log(
    `${run}: ${((user + system) / 1000 / frameCount).toFixed(1)} ms of CPU a frame, decoding apart, ${frameCount} frames`,
  );
}
