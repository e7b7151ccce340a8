import {
  ARTICULATIONS,
  KEYPOINT_COUNT,
  type LipCurves,
  measureFace,
  type Performance,
  type StillSource,
  type TalkerCore,
  writeHeadFrame,
  writePoseMatrix,
} from '@pctalk/core';
import type { SyncJudge } from '../lips/sync-judge.ts';

/** How well lips keep to the sound as one control is moved. */
export interface ControlSync {
  readonly control: string;
  readonly values: readonly number[];
  /** The judge's confidence at each value over its best. */
  readonly sync: readonly number[];
  /** From where to where it stays within 5 % of its best, without a gap. */
  readonly recommended: readonly [number, number];
}

const ENOUGH = 0.95;
const LIP_SCALES = [0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6];
const ARTICULATION_SCALES = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];
const INTENSITIES = [0, 0.25, 0.5, 0.75, 1];
const ASKED = ['happy', 'angry', 'sad', 'surprised'] as const;

/** Each control alone, all others at their defaults. @param sounds 16 kHz, a few seconds each. */
export async function measureControls(
  core: TalkerCore,
  source: StillSource,
  judge: SyncJudge,
  sounds: readonly Float32Array[],
  onProgress: (what: string) => void = () => {},
): Promise<ControlSync[]> {
  const measure = async (
    control: string,
    values: readonly number[],
    performanceAt: (value: number) => Omit<Performance, 'version'>,
  ): Promise<ControlSync> => {
    onProgress(control);
    const found: number[] = [];
    for (const value of values) {
      let sum = 0;
      for (const sound of sounds) {
        const curves = await drivenCurves(core, source, { version: 1, seed: 4, ...performanceAt(value) }, sound);
        sum += (await judge.offsets(sound, curves)).confidence;
      }
      found.push(sum);
    }
    const best = Math.max(...found);
    const sync = found.map((x) => x / best);
    return { control, values, sync, recommended: widest(values, sync) };
  };
  const results = [await measure('lipScale', LIP_SCALES, (lipScale) => ({ lipScale }))];
  for (const movement of ARTICULATIONS) {
    const edit = (scale: number) => ({ articulation: [{ movement, scale }] });
    results.push(await measure(`articulation: ${movement}`, ARTICULATION_SCALES, edit));
  }
  for (const emotion of ASKED) {
    const felt = (intensity: number) => ({ emotion: [{ emotion, intensity }] });
    results.push(await measure(`emotion: ${emotion}`, INTENSITIES, felt));
  }
  return results;
}

/** The table as Markdown. */
export function describeControls(controls: readonly ControlSync[]): string {
  return [
    '| control | confidence of the judge over its best, by value | within 5 % of the best |',
    '|---|---|---|',
    ...controls.map(({ control, values, sync, recommended }) => {
      const each = values.map((value, i) => `${value}: ${sync[i]!.toFixed(2)}`).join(', ');
      return `| ${control} | ${each} | ${recommended[0]}–${recommended[1]} |`;
    }),
  ].join('\n');
}

/** What the lips do when a source speaks as directed, before it is drawn. */
async function drivenCurves(
  core: TalkerCore,
  source: StillSource,
  performance: Performance,
  audio: Float32Array,
): Promise<LipCurves> {
  const head = new Float32Array(KEYPOINT_COUNT * 3);
  const matrix = new Float64Array(9);
  const rows: { opening: number; outer: number; width: number; protrusion: number }[] = [];
  for await (const { driven } of core.perform(source, [audio], core.createDirector(performance))) {
    writePoseMatrix(driven.pose, matrix);
    writeHeadFrame(driven.keypoints, driven.pose, matrix, head);
    const { lipGapPerWidth, outerLipOpening, mouthWidth, lipProtrusion } = measureFace(head);
    rows.push({
      opening: lipGapPerWidth,
      outer: outerLipOpening / mouthWidth,
      width: mouthWidth,
      protrusion: lipProtrusion,
    });
  }
  const column = (name: keyof LipCurves) => Float32Array.from(rows, (row) => row[name]);
  return {
    opening: column('opening'),
    outer: column('outer'),
    width: column('width'),
    protrusion: column('protrusion'),
  };
}

/** The stretch around the best value in which all values are good enough. */
function widest(values: readonly number[], sync: readonly number[]): [number, number] {
  const best = sync.indexOf(Math.max(...sync));
  let [low, high] = [best, best];
  while (low > 0 && sync[low - 1]! >= ENOUGH) low--;
  while (high + 1 < sync.length && sync[high + 1]! >= ENOUGH) high++;
  return [values[low]!, values[high]!];
}
