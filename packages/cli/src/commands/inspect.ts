import type { FaceReport, InspectedFace } from '@pctalk/core';
import { Command } from 'commander';
import { onInterrupt } from '../interrupt.ts';
import { printJson, warnings } from '../print.ts';
import { triples } from '../triples.ts';

const EXAMPLES = `
Examples:
  pctalk inspect face.jpg
  pctalk inspect group.png --overlay seen.png`;

/** `pctalk inspect`: what the program sees in a portrait. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('print the faces of a picture, their landmarks and pose and what may go wrong, as JSON')
    .argument('<picture>', 'jpg, png or webp')
    .option('--overlay <file>', 'write the picture with what was found drawn over it (.png)')
    .addHelpText('after', EXAMPLES)
    .action(inspect);
}

async function inspect(picture: string, flags: { readonly overlay?: string }): Promise<void> {
  using interrupt = onInterrupt();
  const { createFaceAnalyser, inspectFace } = await import('@pctalk/core');
  const node = await import('@pctalk/node');
  const place = { inputs: [picture], extension: '.png' };
  await using overlay = flags.overlay === undefined ? undefined : await node.createOutputFile(flags.overlay, place);
  const image = await node.decodeImage(picture);
  const analyser = await createFaceAnalyser(node.createNodeRuntime(), await node.loadFaceAssets());
  const report = await inspectFace(analyser, image).finally(() => analyser.dispose());
  node.throwIfCancelled(interrupt.signal);
  if (overlay !== undefined) {
    await overlay.write(await node.drawFaceOverlay(image, report));
    node.throwIfCancelled(interrupt.signal);
    await overlay.commit();
  }
  const warn = warnings();
  for (const warning of allWarnings(report)) warn(warning);
  await printJson({ source: picture, ...report, faces: report.faces.map(plainFace) });
}

function allWarnings(report: FaceReport): { code: string; message: string }[] {
  const none = { code: 'no-face', message: 'there is no face; rendering will be refused' };
  const ofFaces = report.faces.flatMap((face, index) =>
    face.warnings.map(({ code, message }) => ({ code, message: `face ${index}: ${message}` })),
  );
  return [...(report.faces.length === 0 ? [none] : []), ...report.warnings, ...ofFaces];
}

/** A face as plain JSON, numbered as `--face-index` wants it; landmarks as triples in pixels of the upright picture. */
function plainFace({ detection, points, ...face }: InspectedFace, index: number): object {
  return { index, box: detection.box, score: detection.score, ...face, landmarks: triples(points, 100) };
}
