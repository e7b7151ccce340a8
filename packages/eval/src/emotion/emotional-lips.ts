import {
  createCanonicalSource,
  EMOTIONS,
  type Emotion,
  type LipCurves,
  measureFace,
  type Performance,
  type TalkerCore,
  writeHeadFrame,
  writePoseMatrix,
} from '@pctalk/core';
import { type LipCorpus, type RealClip, readLipCorpus } from '../lips/lip-corpus.ts';
import { type LipAgreement, type LipPrecision, lipAgreement, lipPrecision } from '../lips/lip-figures.ts';

/** How speech fares at the lips while somebody feels. */
export interface EmotionalLips {
  readonly emotion: Emotion;
  readonly agreement: LipAgreement;
  readonly precision: LipPrecision;
}

/** Measures the lips of real clips' speech, as `evaluateLips` does, with each emotion at full intensity; neutral is first. */
export async function measureEmotionalLips(
  corpus: LipCorpus,
  core: TalkerCore,
  onProgress: (what: string) => void = () => {},
): Promise<EmotionalLips[]> {
  const clips = await readLipCorpus(corpus, core.basis);
  const reports: EmotionalLips[] = [];
  for (const emotion of EMOTIONS) {
    onProgress(`lips, ${emotion}`);
    const pairs = [];
    for (const { id, curves, phones, samples } of clips) {
      pairs.push({ id, real: curves, phones, offset: 0, ours: await spokenCurves(core, emotion, { curves, samples }) });
    }
    reports.push({ emotion, agreement: lipAgreement(pairs), precision: lipPrecision(pairs) });
  }
  return reports;
}

/** The figures as a Markdown table; r beside the neutral's. */
export function describeEmotionalLips(reports: readonly EmotionalLips[]): string {
  const lines = [
    '| emotion | opening, r with real lips | width, r | p b m closed | false closures | gap ÷ width in open vowels |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  for (const { emotion, agreement, precision } of reports) {
    const cells = [
      agreement.r.opening.toFixed(3),
      agreement.r.width.toFixed(3),
      `${(100 * precision.closures.ours).toFixed(1)} %`,
      `${(100 * precision.falseClosures.ours).toFixed(1)} %`,
      precision.openVowels.ours.toFixed(3),
    ];
    lines.push(`| ${emotion} | ${cells.join(' | ')} |`);
  }
  return lines.join('\n');
}

async function spokenCurves(
  core: TalkerCore,
  emotion: Emotion,
  { curves, samples }: Pick<RealClip, 'curves' | 'samples'>,
): Promise<LipCurves> {
  const performance: Performance = {
    version: 1,
    blink: 0,
    gaze: 0,
    headMotion: 0,
    brow: 0,
    energy: 1,
    idle: 0,
    emotion: [{ emotion, region: 'all', intensity: 1 }],
  };
  const tick = createCanonicalSource(core.basis);
  const still = { tick, region: NOWHERE, crop: { width: 0, height: 0, data: new Uint8ClampedArray() } };
  const length = curves.opening.length;
  const out = {
    opening: new Float32Array(length),
    width: new Float32Array(length),
    protrusion: new Float32Array(length),
    outer: new Float32Array(length),
  };
  const matrix = new Float64Array(9);
  const head = new Float32Array(tick.keypoints.length);
  for await (const { driven, frameIndex } of core.perform(still, [samples], core.createDirector(performance))) {
    if (frameIndex >= length) break;
    writePoseMatrix(driven.pose, matrix);
    writeHeadFrame(driven.keypoints, driven.pose, matrix, head);
    const measures = measureFace(head);
    out.opening[frameIndex] = measures.lipGapPerWidth;
    out.width[frameIndex] = measures.mouthWidth;
    out.protrusion[frameIndex] = measures.lipProtrusion;
    out.outer[frameIndex] = measures.outerLipOpening / measures.mouthWidth;
  }
  return out;
}

/** The average face is driven, not drawn. */
const NOWHERE = { centerX: 0, centerY: 0, size: 0, rotation: 0 };
