/** Where released weights come from, and under which terms. Nothing of it is shipped with this project. */
import { EAR_ENCODER_SHA256, NEURAL_MODELS, RELEASED_MODELS, type ReleasedModel } from '@pctalk/core';

/** Terms of a weight file, as its publishers state them. */
export interface ModelLicence {
  readonly name: string;
  readonly url: string;
  /** What a user must know before using the file. */
  readonly note: string;
  /** False where the terms, or those of the training data, forbid commercial use or leave it open. */
  readonly commercial: boolean;
}

/** Where a file is published: on the Hugging Face hub, or inside a package of npm's registry; with the path inside it. */
export type ModelSource =
  | { readonly kind: 'hub'; readonly repository: string; readonly path: string }
  | { readonly kind: 'npm'; readonly name: string; readonly version: string; readonly path: string };

/** One weight file. */
export interface CatalogueEntry {
  /** File name, here and at the source. */
  readonly file: string;
  readonly source: ModelSource;
  readonly licence: ModelLicence;
  /** Hash of the one file that will do, hex, where others were not trained behind. */
  readonly sha256?: string;
}

const LIVEPORTRAIT: ModelLicence = {
  name: 'MIT (LivePortrait)',
  url: 'https://github.com/KwaiVGI/LivePortrait/blob/main/LICENSE',
  note: 'Code and weights are MIT. The face detector its authors use is non-commercial; this project does not use it.',
  commercial: true,
};

const PCTALK: ModelLicence = {
  name: 'not stated (PC-Talk)',
  url: 'https://huggingface.co/doubi-killer/PC-Talk',
  note: 'The authors have not chosen a licence for these weights: ask them before anything but private study.',
  commercial: false,
};

const WAV2LIP: ModelLicence = {
  name: 'research only (Wav2Lip, LRS2)',
  url: 'https://github.com/Rudrabha/Wav2Lip#license-and-citation',
  note: 'This encoder was trained on LRS2, whose terms allow research alone: no commercial use.',
  commercial: false,
};

const MOONSHINE: ModelLicence = {
  name: 'MIT (Moonshine, English)',
  url: 'https://github.com/moonshine-ai/moonshine-js/blob/main/LICENSE',
  note: 'Copyright (c) 2025 Useful Sensors, Inc. The first section of the licence: code and English models.',
  commercial: true,
};

const portrait = (path: string): CatalogueEntry => ({
  file: path.slice(path.lastIndexOf('/') + 1),
  source: { kind: 'hub', repository: 'KwaiVGI/LivePortrait', path: `liveportrait/${path}` },
  licence: LIVEPORTRAIT,
});
const speech = (file: string, licence = PCTALK): CatalogueEntry => ({
  file,
  source: { kind: 'hub', repository: 'doubi-killer/PC-Talk', path: file },
  licence,
});

/** What is known of each released file. */
export type ModelCatalogue = Readonly<Record<ReleasedModel, CatalogueEntry>>;

/** Every model that can be fetched or added. */
export const MODEL_CATALOGUE: ModelCatalogue = Object.freeze({
  'liveportrait-appearance': portrait('base_models/appearance_feature_extractor.pth'),
  'liveportrait-motion': portrait('base_models/motion_extractor.pth'),
  'liveportrait-warping': portrait('base_models/warping_module.pth'),
  'liveportrait-generator': portrait('base_models/spade_generator.pth'),
  'liveportrait-stitching': portrait('retargeting_models/stitching_retargeting_module.pth'),
  'pctalk-audio': speech('audio_encoder.pth', WAV2LIP),
  'pctalk-lac': speech('lac.pth'),
  'pctalk-emc': speech('emc.pth'),
  'pctalk-style': speech('style_encoder.pth'),
  'moonshine-ear': {
    file: 'encoder_model.onnx',
    source: {
      kind: 'npm',
      name: '@moonshine-ai/moonshine-js',
      version: '0.1.29',
      path: 'dist/model/tiny/quantized/encoder_model.onnx',
    },
    licence: MOONSHINE,
    sha256: EAR_ENCODER_SHA256,
  },
});

/** Models by a name or by the beginning of several: `liveportrait`, `pctalk`; `all` is the neural path. */
export function modelsNamed(name: string): readonly ReleasedModel[] {
  if (name === 'all') return NEURAL_MODELS;
  return RELEASED_MODELS.filter((model) => model === name || model.startsWith(`${name}-`));
}
