/** Where released weights come from, and under which terms. Nothing of it is shipped with this project. */
import { NEURAL_MODELS, type NeuralModel } from '@pctalk/core';

/** Terms of a weight file, as its publishers state them. */
export interface ModelLicence {
  readonly name: string;
  readonly url: string;
  /** What a user must know before using the file. */
  readonly note: string;
  /** False where the terms, or those of the training data, forbid commercial use or leave it open. */
  readonly commercial: boolean;
}

/** One weight file. */
export interface CatalogueEntry {
  /** File name, here and at the source. */
  readonly file: string;
  /** Repository on the Hugging Face hub, and the path inside it. */
  readonly repository: string;
  readonly path: string;
  readonly licence: ModelLicence;
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

const portrait = (path: string): CatalogueEntry => ({
  file: path.slice(path.lastIndexOf('/') + 1),
  repository: 'KwaiVGI/LivePortrait',
  path: `liveportrait/${path}`,
  licence: LIVEPORTRAIT,
});
const speech = (file: string, licence = PCTALK): CatalogueEntry => ({
  file,
  repository: 'doubi-killer/PC-Talk',
  path: file,
  licence,
});

/** Every model that can be fetched or added. */
export const MODEL_CATALOGUE: Readonly<Record<NeuralModel, CatalogueEntry>> = Object.freeze({
  'liveportrait-appearance': portrait('base_models/appearance_feature_extractor.pth'),
  'liveportrait-motion': portrait('base_models/motion_extractor.pth'),
  'liveportrait-warping': portrait('base_models/warping_module.pth'),
  'liveportrait-generator': portrait('base_models/spade_generator.pth'),
  'liveportrait-stitching': portrait('retargeting_models/stitching_retargeting_module.pth'),
  'pctalk-audio': speech('audio_encoder.pth', WAV2LIP),
  'pctalk-lac': speech('lac.pth'),
  'pctalk-emc': speech('emc.pth'),
  'pctalk-style': speech('style_encoder.pth'),
});

/** Models by a name or by the beginning of several: `liveportrait`, `pctalk`, `all`. */
export function modelsNamed(name: string): readonly NeuralModel[] {
  return NEURAL_MODELS.filter((model) => name === 'all' || model === name || model.startsWith(`${name}-`));
}
