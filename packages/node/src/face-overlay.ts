import {
  CANONICAL_TRIANGLES,
  FACE_OVAL,
  type FaceReport,
  INNER_LIPS,
  type InspectedFace,
  LEFT_BROW,
  LEFT_EYE,
  OUTER_LIPS,
  type PairedRows,
  type RgbaImage,
  RIGHT_BROW,
  RIGHT_EYE,
} from '@pctalk/core';

/** Longer side of the overlay picture at most, pixels. */
const MAX_SIDE = 1600;
const AXIS_COLOURS = ['#ff4040', '#40ff40', '#4090ff'];

/**
 * Draws what was found onto the picture: mesh, contours, irises, head axes (x red, y green, towards the viewer blue), the
 * crop and each face's number and warnings.
 * @returns PNG.
 */
export async function drawFaceOverlay(image: RgbaImage, report: FaceReport): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  const scale = Math.min(1, MAX_SIDE / Math.max(image.width, image.height));
  const width = Math.round(image.width * scale);
  const height = Math.round(image.height * scale);
  const body = report.faces.map((face, index) => drawFace(face, index, 1 / scale)).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${image.width} ${image.height}">${body}</svg>`;
  const raw = { width: image.width, height: image.height, channels: 4 } as const;
  return sharp(image.data, { raw })
    .resize(width, height)
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer();
}

/** @param pixel size of one overlay pixel in the picture. */
function drawFace(face: InspectedFace, index: number, pixel: number): string {
  const { points, crop } = face;
  const thin = Math.max(0.6 * pixel, face.pose.scale / 400);
  const at = (landmark: number) => `${points[landmark * 3]!.toFixed(1)},${points[landmark * 3 + 1]!.toFixed(1)}`;
  const loop = (rows: PairedRows) => path([...rows.upper, ...[...rows.lower].reverse()], true);
  const path = (landmarks: readonly number[], closed: boolean) => `M${landmarks.map(at).join('L')}${closed ? 'Z' : ''}`;
  let mesh = '';
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t += 3) {
    mesh += path([...CANONICAL_TRIANGLES.subarray(t, t + 3)], true);
  }
  const contours = [
    path(FACE_OVAL, true),
    ...[RIGHT_EYE.margin, LEFT_EYE.margin, RIGHT_BROW, LEFT_BROW, OUTER_LIPS, INNER_LIPS].map(loop),
    ...[RIGHT_EYE, LEFT_EYE].map((eye) => path(eye.iris.slice(1), true)),
  ].join('');
  const line = (d: string, colour: string, width: number, opacity = 1) =>
    `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-opacity="${opacity}"/>`;
  const cropTurn = `rotate(${(crop.rotation * 180) / Math.PI} ${crop.centerX} ${crop.centerY})`;
  const corner = [crop.centerX - crop.size / 2, crop.centerY - crop.size / 2];
  const square = `<rect x="${corner[0]}" y="${corner[1]}" width="${crop.size}" height="${crop.size}" transform="${cropTurn}" fill="none" stroke="#ffd040" stroke-width="${2 * pixel}"/>`;
  return (
    line(mesh, '#ffffff', thin, 0.35) +
    line(contours, '#30e0ff', 2 * thin) +
    drawAxes(face, 3 * thin) +
    square +
    drawLabel(face, index, pixel)
  );
}

/** Columns of R from the nose base, half an outer eye distance long; z drawn towards the viewer. */
function drawAxes({ pose, points }: InspectedFace, width: number): string {
  const { pitch, yaw, roll, scale } = pose;
  const [cp, sp, cy, sy, cr, sr] = [pitch, yaw, roll].flatMap((angle) => [Math.cos(angle), Math.sin(angle)]) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const columns = [
    [cr * cy, sr * cy],
    [-sr * cp - cr * sy * sp, cr * cp - sr * sy * sp],
    [-(sr * sp - cr * sy * cp), cr * sp + sr * sy * cp],
  ];
  const [x, y] = [points[2 * 3]!, points[2 * 3 + 1]!];
  return columns
    .map(([dx, dy], k) => {
      const end = `${x + (dx! * scale) / 2} ${y + (dy! * scale) / 2}`;
      return `<path d="M${x} ${y}L${end}" stroke="${AXIS_COLOURS[k]}" stroke-width="${width}"/>`;
    })
    .join('');
}

function drawLabel({ detection, pose, poseDeg, warnings }: InspectedFace, index: number, pixel: number): string {
  const { pitch, yaw, roll } = poseDeg;
  const lines = [
    `face ${index}: pitch ${pitch.toFixed(0)}°, yaw ${yaw.toFixed(0)}°, roll ${roll.toFixed(0)}°`,
    ...warnings.map((warning) => warning.code),
  ];
  const size = Math.max(15 * pixel, pose.scale / 12);
  const x = Math.max(4 * pixel, detection.box.left);
  const y = Math.max(size * 1.2, detection.box.top - size * lines.length * 1.2);
  const style = `font-family="sans-serif" font-size="${size}" fill="#ffffff" stroke="#000000" stroke-width="${size / 6}" paint-order="stroke"`;
  return lines.map((text, i) => `<text x="${x}" y="${y + i * size * 1.2}" ${style}>${text}</text>`).join('');
}
