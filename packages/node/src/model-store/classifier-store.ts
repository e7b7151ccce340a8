/** Classifiers of emotion from text and voice that a user pulls or adds: folders laid out as on the hub. */
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EMOTION_CLASSIFIERS, type EmotionClassifier, PcTalkError } from '@pctalk/core';
import { hashBytes, hashFile } from '../consent.ts';
import { RECORD_FILE, readClassifierFolder } from '../emotion-sources/classifier-folder.ts';
import { neededCacheFolder } from '../user-folders.ts';
import type { ModelLicence } from './catalogue.ts';
import { downloadFile } from './download.ts';
import { type AcceptLicence, HUB, type ModelRecord, type ModelState, type PullOptions } from './model-store.ts';

interface Entry {
  /** Repository that is pulled unless another is named. */
  readonly repository: string;
  readonly files: readonly string[];
  readonly licence: ModelLicence;
}

/** Suggestions, not endorsements: neither was measured here, since neither could be fetched while this was written. */
const SUGGESTED: Readonly<Record<EmotionClassifier, Entry>> = Object.freeze({
  'text-emotion': {
    repository: 'SamLowe/roberta-base-go_emotions-onnx',
    files: ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model_quantized.onnx'],
    licence: {
      name: 'MIT (roberta-base-go_emotions-onnx)',
      url: 'https://huggingface.co/SamLowe/roberta-base-go_emotions-onnx',
      note: 'English. Trained on GoEmotions (Apache-2.0): Reddit comments labelled by hand with 28 emotions.',
      commercial: true,
    },
  },
  'voice-emotion': {
    repository: 'onnx-community/Speech-Emotion-Classification-ONNX',
    files: ['config.json', 'preprocessor_config.json', 'onnx/model_quantized.onnx'],
    licence: {
      name: 'Apache-2.0 stated; training data not (Speech-Emotion-Classification)',
      url: 'https://huggingface.co/onnx-community/Speech-Emotion-Classification-ONNX',
      note: 'English, acted speech. Sets of acted emotions mostly forbid commercial use: ask its authors which it was trained on.',
      commercial: false,
    },
  },
});

/** A classifier on this machine. */
export interface ClassifierStatus {
  readonly model: EmotionClassifier;
  readonly state: ModelState;
  /** Its folder. */
  readonly path: string;
  readonly licence: ModelLicence;
  readonly record: ModelRecord | undefined;
}

/** Where a classifier is fetched from. */
export interface PullClassifierOptions extends PullOptions {
  /** Another repository of the hub with the same files. */
  readonly repository?: string | undefined;
}

/** The classifiers of one folder. */
export class ClassifierStore {
  readonly folder: string;

  constructor(folder = join(neededCacheFolder(), 'models')) {
    this.folder = folder;
  }

  path(model: EmotionClassifier): string {
    return join(this.folder, model);
  }

  /** All classifiers; `check` compares their files with the recorded hash. */
  async list(options: { readonly check?: boolean } = {}): Promise<ClassifierStatus[]> {
    return Promise.all(EMOTION_CLASSIFIERS.map((model) => this.#status(model, options.check === true)));
  }

  /**
   * Fetches a classifier from the hub, unless it is installed.
   * @throws `licence-not-accepted`, `download-failed`, `model-invalid`, `cancelled`
   */
  async pull(model: EmotionClassifier, options: PullClassifierOptions): Promise<ClassifierStatus> {
    const suggested = SUGGESTED[model];
    const repository = options.repository ?? suggested.repository;
    const status = await this.#status(model, false);
    const hub = options.hub ?? process.env['PCTALK_MODELS_URL'] ?? HUB;
    if (status.state === 'installed' && status.record?.source === `${hub}/${repository}`) return status;
    const licence = repository === suggested.repository ? suggested.licence : unknownLicence(`${hub}/${repository}`);
    await this.#accept(model, licence, options.accept);
    const arrived = join(this.folder, `.new-${model}`);
    for (const file of suggested.files) {
      await mkdir(dirname(join(arrived, file)), { recursive: true });
      await downloadFile(`${hub}/${repository}/resolve/main/${file}`, join(arrived, file), options);
    }
    return this.#install(model, arrived, `${hub}/${repository}`, licence);
  }

  /**
   * Takes over a classifier's folder that came by other means.
   * @throws `licence-not-accepted`, `model-missing`, `model-invalid`
   */
  async add(model: EmotionClassifier, folder: string, accept: AcceptLicence): Promise<ClassifierStatus> {
    const { model: network } = await readClassifierFolder(folder);
    const licence = await licenceOf(folder);
    await this.#accept(model, licence, accept);
    const arrived = join(this.folder, `.new-${model}`);
    const files = (await readdir(folder)).filter((name) => /\.(json|txt|md)$/.test(name) && name !== RECORD_FILE);
    for (const file of [...files, network]) {
      await mkdir(dirname(join(arrived, file)), { recursive: true });
      await copyFile(join(folder, file), join(arrived, file));
    }
    return this.#install(model, arrived, folder, licence);
  }

  /**
   * The folder of an installed classifier, its files compared with the recorded hash.
   * @throws `model-missing`, `model-invalid`
   */
  async open(model: EmotionClassifier): Promise<string> {
    const { state, path } = await this.#status(model, true);
    if (state === 'installed') return path;
    throw state === 'missing'
      ? new PcTalkError(
          'model-missing',
          `${model}: expected it in ${path}, got nothing; try pctalk models pull ${model}, or pctalk models add FOLDER --as ${model}`,
        )
      : new PcTalkError(
          'model-invalid',
          `${model}: expected the files that were recorded, got changed ones; delete ${path} and pull or add it again`,
        );
  }

  async #status(model: EmotionClassifier, check: boolean): Promise<ClassifierStatus> {
    const path = this.path(model);
    const text = await readFile(join(path, RECORD_FILE), 'utf8').catch(() => undefined);
    const record =
      text === undefined ? undefined : (JSON.parse(text) as ModelRecord & { readonly terms?: ModelLicence });
    const changed = record !== undefined && check && (await hashFolder(path)).sha256 !== record.sha256;
    return {
      model,
      state: record === undefined ? 'missing' : changed ? 'changed' : 'installed',
      path,
      licence: record?.terms ?? SUGGESTED[model].licence,
      record,
    };
  }

  async #accept(model: EmotionClassifier, licence: ModelLicence, accept: AcceptLicence): Promise<void> {
    if (await accept(model, licence)) return;
    throw new PcTalkError(
      'licence-not-accepted',
      `${model}: expected its licence to be accepted (${licence.name}, ${licence.url}); read it, then use --accept-licence.`,
    );
  }

  async #install(model: EmotionClassifier, arrived: string, source: string, terms: ModelLicence) {
    try {
      await readClassifierFolder(arrived);
      const record = {
        ...(await hashFolder(arrived)),
        source,
        licence: terms.name,
        accepted: new Date().toISOString(),
      };
      await writeFile(join(arrived, RECORD_FILE), `${JSON.stringify({ ...record, terms }, undefined, 2)}\n`);
      await rm(this.path(model), { recursive: true, force: true });
      await rename(arrived, this.path(model));
    } finally {
      await rm(arrived, { recursive: true, force: true });
    }
    return this.#status(model, false);
  }
}

/** One hash for all files of a folder but the record: of their names and hashes. */
async function hashFolder(folder: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const lines: string[] = [];
  let bytes = 0;
  for (const name of names) {
    const path = join(folder, name);
    const found = await stat(path);
    if (!found.isFile() || name === RECORD_FILE) continue;
    bytes += found.size;
    lines.push(`${name.replaceAll('\\', '/')} ${await hashFile(path)}`);
  }
  return { sha256: hashBytes(Buffer.from(lines.join('\n'))), bytes };
}

/** The licence that a folder's README states in its head, as hub repositories do. */
async function licenceOf(folder: string): Promise<ModelLicence> {
  const readme = await readFile(join(folder, 'README.md'), 'utf8').catch(() => '');
  const name = /^---\n(?:.*\n)*?license:\s*(\S+)/.exec(readme)?.[1];
  return name === undefined
    ? unknownLicence(folder)
    : {
        name,
        url: join(folder, 'README.md'),
        note: 'As the README states; ask what it was trained on.',
        commercial: false,
      };
}

function unknownLicence(url: string): ModelLicence {
  return {
    name: 'not known here',
    url,
    note: 'Read the terms of the model and of its training data.',
    commercial: false,
  };
}
