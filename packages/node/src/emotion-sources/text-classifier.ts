import { basename, dirname } from 'node:path';
import { checkInUse, type Felt, feltOfClasses, PcTalkError } from '@pctalk/core';
import { type ClassifierFolder, readClassifierFolder } from './classifier-folder.ts';

/** Tells what the clauses of a text feel. Who creates it disposes it. */
export interface TextClassifier {
  /** Kept in the performance. */
  readonly name: string;
  /** @returns what each text feels */
  classify(texts: readonly string[]): Promise<Felt[]>;
  dispose(): Promise<void>;
}

/** A text-classification pipeline of transformers.js, as far as it is used here. */
export interface TextPipeline {
  (texts: readonly string[], options: { readonly top_k: number }): Promise<readonly (readonly LabelScore[])[]>;
  dispose?(): Promise<unknown>;
}
interface LabelScore {
  readonly label: string;
  readonly score: number;
}

/** Package that runs classifiers of texts; optional, loaded only when one is asked for. */
const LIBRARY = '@huggingface/transformers';
/** Texts given to the network at once. */
const BATCH = 16;

/**
 * Opens a text classifier of transformers.js that lies in a folder: config.json, tokenizer.json, tokenizer_config.json and
 * an ONNX file, as on the hub. Nothing is downloaded.
 * @param load makes the pipeline; by default with transformers.js
 * @throws `model-missing` if the package or the files are not there; `model-invalid` if the labels name no emotions
 */
export async function createTextClassifier(
  folder: string,
  load: (folder: ClassifierFolder) => Promise<TextPipeline> = loadTransformers,
): Promise<TextClassifier> {
  const facts = await readClassifierFolder(folder);
  const pipeline = await load(facts);
  let isInUse = true;
  return {
    name: facts.name,
    async classify(texts) {
      checkInUse(isInUse, 'text classifier');
      const felt: Felt[] = [];
      for (let from = 0; from < texts.length; from += BATCH) {
        const answers = await pipeline(texts.slice(from, from + BATCH), { top_k: facts.emotions.length });
        for (const answer of answers) felt.push(feltOf(answer, facts));
      }
      return felt;
    },
    dispose: async () => {
      isInUse = false;
      await pipeline.dispose?.();
    },
  };
}

function feltOf(answer: readonly LabelScore[], facts: ClassifierFolder): Felt {
  const probabilities = new Float32Array(facts.emotions.length);
  for (const { label, score } of answer) {
    const number = facts.labels.indexOf(label);
    if (number < 0 || !(score >= 0 && score <= 1)) {
      throw new PcTalkError(
        'model-invalid',
        `${facts.folder}: expected a probability for each label of config.json, got '${label}' ${score}; try another model`,
      );
    }
    probabilities[number] = score;
  }
  return feltOfClasses(facts.emotions, probabilities);
}

async function loadTransformers({ folder, model }: ClassifierFolder): Promise<TextPipeline> {
  const library = await import(LIBRARY).catch((cause) => {
    throw new PcTalkError(
      'model-missing',
      `text classifier: expected the npm package ${LIBRARY}, which is not installed; run npm install ${LIBRARY}@4, or leave the option away to use the built-in lexicon`,
      { cause },
    );
  });
  library.env.allowRemoteModels = false;
  library.env.allowLocalModels = true;
  library.env.localModelPath = dirname(folder);
  try {
    return await library.pipeline('text-classification', basename(folder), {
      dtype: model.includes('quantized') ? 'q8' : 'fp32',
      ...(model.includes('/') ? {} : { subfolder: '' }),
    });
  } catch (cause) {
    throw new PcTalkError(
      'model-invalid',
      `${folder}: expected a text classifier that transformers.js can run, got: ${(cause as Error).message}; try pctalk models pull text-emotion`,
      { cause },
    );
  }
}
