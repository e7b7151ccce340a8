import type { SourceTrack } from '../formats/source-track.ts';
import { LIP_MEASURES, lipMeasureBasis } from '../models/lac/lip-geometry.ts';
import { foldChannels, SPEECH_CHANNELS } from '../models/speech/speech-channels.ts';
import { estimateNeutral } from '../motion/estimate-neutral.ts';
import type { MeshBasis } from '../motion/mesh-basis.ts';
import { createMotionTracker } from '../motion/motion-tracker.ts';
import { neutralFrames, pointsAt } from './track-frames.ts';

/**
 * What the lips do in a tracked clip, as a style encoder reads it: the measures of the mouth that the tracked channels
 * make, relative to the person's own neutral face; frames without a face are left out.
 * @returns `[frames × 9]`, U, new memory.
 */
export function readLipMeasures(track: SourceTrack, basis: MeshBasis): Float32Array {
  const tracker = createMotionTracker(basis, estimateNeutral(neutralFrames(track)));
  const rows = lipMeasureBasis(basis);
  const width = LIP_MEASURES.length;
  const channels = new Float32Array(SPEECH_CHANNELS.length);
  const out: number[] = [];
  for (let frame = 0; frame < track.frameCount; frame++) {
    if (track.seen[frame] !== 1) continue;
    foldChannels(tracker.track(pointsAt(track, frame)).coefficients, channels);
    for (let m = 0; m < width; m++) {
      let sum = 0;
      for (let c = 0; c < channels.length; c++) sum += channels[c]! * rows[c * width + m]!;
      out.push(sum);
    }
  }
  return Float32Array.from(out);
}
