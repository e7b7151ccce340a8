import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Emotion, emotionsOfLabels, PcTalkError, parseJson, showValue } from '@pctalk/core';

/** A classifier of emotions as it lies on the hub and here: config.json with its labels, an ONNX file, what goes before it. */
export interface ClassifierFolder {
  readonly folder: string;
  /** What a reader of a performance sees: where it came from, else the folder's name. */
  readonly name: string;
  /** Label of each class, and the emotion it names. */
  readonly labels: readonly string[];
  readonly emotions: readonly Emotion[];
  /** Whether classes exclude each other (softmax) or not (sigmoid). */
  readonly exclusive: boolean;
  /** The ONNX file, a path inside the folder. */
  readonly model: string;
}

/** The ONNX files a folder may hold, the preferred first. */
const MODELS = ['onnx/model_quantized.onnx', 'onnx/model.onnx', 'model_quantized.onnx', 'model.onnx'] as const;

/** Record that the model store leaves in a folder. */
export const RECORD_FILE = 'pctalk.json';

/**
 * Reads what a classifier's folder says of itself; the ONNX file is not read yet.
 * @throws `model-missing` without the files, `model-invalid` if the labels are missing or name no emotions
 */
export async function readClassifierFolder(folder: string): Promise<ClassifierFolder> {
  const config = await readJson(join(folder, 'config.json'));
  const labels = labelsOf(config, folder);
  const files = new Set((await readdir(folder, { recursive: true })).map((path) => path.replaceAll('\\', '/')));
  const model = MODELS.find((path) => files.has(path));
  if (model === undefined) {
    throw new PcTalkError(
      'model-missing',
      `${folder}: expected an ONNX file (${MODELS.join(', ')}), got none; export the classifier to ONNX`,
    );
  }
  const record = files.has(RECORD_FILE) ? ((await readJson(join(folder, RECORD_FILE))) as { source?: string }) : {};
  return {
    folder,
    name: record.source ?? basename(folder),
    labels,
    emotions: emotionsOfLabels(labels, folder),
    exclusive: (config as { problem_type?: unknown }).problem_type !== 'multi_label_classification',
    model,
  };
}

/** Reads a JSON file of a classifier. @throws `model-missing`, `model-invalid` */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new PcTalkError(
      'model-missing',
      `${path}: expected a file of a classifier, got ${cause.code === 'ENOENT' ? 'none' : cause.message}; give the folder of a model as it lies on the hub, or try pctalk models pull text-emotion`,
      { cause },
    );
  });
  try {
    return parseJson(text);
  } catch (cause) {
    throw new PcTalkError('model-invalid', `${path}: expected JSON, got ${(cause as Error).message}; fetch it anew`, {
      cause,
    });
  }
}

/** Labels by class number: id2label of a Hugging Face config. */
function labelsOf(config: unknown, folder: string): string[] {
  const table = (config as { id2label?: unknown } | null)?.id2label;
  const entries = typeof table === 'object' && table !== null ? Object.entries(table) : [];
  const labels = Array.from({ length: entries.length }, (_, i) => (table as Record<string, unknown>)[String(i)]);
  if (labels.length > 1 && labels.every((label): label is string => typeof label === 'string')) return labels;
  throw new PcTalkError(
    'model-invalid',
    `${join(folder, 'config.json')}: expected id2label with a label for each class from 0, got ${table === undefined ? 'none' : showValue(table)}; try a classifier's own config.json`,
  );
}
