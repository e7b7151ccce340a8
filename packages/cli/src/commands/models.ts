import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import {
  EMOTION_CLASSIFIERS,
  type EmotionClassifier,
  PcTalkError,
  RELEASED_MODELS,
  type ReleasedModel,
} from '@pctalk/core';
import type { AcceptLicence, ClassifierStatus, DownloadProgress, ModelStatus, PullOptions } from '@pctalk/node';
import { Command } from 'commander';
import { onInterrupt } from '../interrupt.ts';
import { printJson, printLine, printNote, warnings } from '../print.ts';

/** Exit status of `models verify` when a file is not the one that was recorded. */
const EXIT_CHANGED = 1;

const HELP = `
The weights belong to their authors and are not part of pctalk. Each licence is shown and must be accepted first; several
forbid commercial use or leave it open. text-emotion and voice-emotion are classifiers for --emotion-text-model and
--emotion-audio-model: suggestions that can be pulled, or a folder of your own laid out as on the hub. moonshine-ear is what
--ear full hears with: one file of an npm package.

Examples:
  pctalk models list
  pctalk models pull liveportrait pctalk
  pctalk models add ~/Downloads/lac.pth --accept-licence
  pctalk models pull text-emotion
  pctalk models pull moonshine-ear
  pctalk models add ~/wav2vec2-emotion --as voice-emotion
  pctalk models verify`;

interface AcceptFlags {
  readonly acceptLicence?: true;
}

interface PullFlags extends AcceptFlags {
  readonly hub?: string;
  readonly registry?: string;
  readonly repository?: string;
}

/** `pctalk models`: released weights of the neural path and the full ear, and classifiers of emotion, on this machine. */
export function modelsCommand(): Command {
  const command = new Command('models')
    .description(
      'fetch, add and check released weights: of the neural path, of the full ear, and classifiers of emotion',
    )
    .addHelpText('after', HELP);
  command
    .command('list')
    .description('show all models, their licences and whether they are installed')
    .option('--json', 'print as JSON')
    .action(list);
  command
    .command('pull')
    .description('fetch models from where they are published; a broken download goes on where it stopped')
    .argument('<model...>', 'names, or liveportrait, pctalk, all (of the neural path)')
    .option('--accept-licence', 'accept the licences of these models')
    .option('--repository <owner/name>', 'another classifier than the suggested one')
    .option('--hub <url>', 'another hub with the same layout (default: https://huggingface.co)')
    .option('--registry <url>', 'another npm registry, for moonshine-ear (default: https://registry.npmjs.org)')
    .action(pull);
  command
    .command('add')
    .description('take over a weight file, or the folder of a classifier, that came by other means')
    .argument('<file>', '.pth, .safetensors, encoder_model.onnx, or a folder with config.json and ONNX')
    .option('--as <model>', 'what it is, when its name does not tell')
    .option('--accept-licence', 'accept its licence')
    .action(add);
  command
    .command('verify')
    .description('compare installed files with the hashes recorded at their first use')
    .argument('[model...]', 'default: all that are installed')
    .option('--json', 'print as JSON')
    .action(verify);
  command
    .command('clean')
    .description('delete the graphs built from the weights; they are built anew when needed')
    .action(clean);
  command
    .command('path')
    .description('print the folder of the models, or where one lies')
    .argument('[model]')
    .action(path);
  return command;
}

async function list(flags: { readonly json?: true }): Promise<void> {
  const models = [...(await (await openStore()).list()), ...(await (await openClassifiers()).list())];
  if (flags.json) return printJson(models);
  for (const { model, state, licence, record } of models) {
    const size = record === undefined ? '' : `  ${megabytes(record.bytes)}`;
    await printLine(`${model.padEnd(24)} ${state.padEnd(10)}${size.padEnd(11)} ${licence.name}`);
  }
  const { GraphFolder } = await import('@pctalk/node');
  const { folder, files, bytes } = await new GraphFolder().status();
  if (files === 0) return;
  await printLine('');
  await printLine(`${folder}: ${files} graphs built from them, ${megabytes(bytes)}; see pctalk models clean`);
}

async function pull(names: readonly string[], flags: PullFlags): Promise<void> {
  using interrupt = onInterrupt();
  const { modelsNamed } = await import('@pctalk/node');
  const [store, classifiers] = [await openStore(), await openClassifiers()];
  const all = names.flatMap((name) => classifierNamed(name) ?? checkedNames(name, modelsNamed(name)));
  for (const model of new Set(all)) {
    let shown = 0;
    const options = {
      accept: askLicence(flags),
      hub: flags.hub,
      registry: flags.registry,
      token: process.env['HF_TOKEN'],
      signal: interrupt.signal,
      onWarning: warnings(),
      onProgress({ bytes, total }: DownloadProgress) {
        const percent = total === undefined ? 0 : Math.floor((100 * bytes) / total);
        if (percent < shown + 5) return;
        shown = percent;
        printNote(`${model}: ${percent} % of ${megabytes(total ?? bytes)}`);
      },
    } satisfies PullOptions;
    const classifier = classifierNamed(model);
    const status =
      classifier === undefined
        ? await store.pull(model as ReleasedModel, options)
        : await classifiers.pull(classifier, { ...options, repository: flags.repository });
    await printLine(describe(status));
  }
}

async function add(file: string, flags: AcceptFlags & { readonly as?: string }): Promise<void> {
  const classifier = classifierNamed(flags.as);
  if (classifier !== undefined) {
    return printLine(describe(await (await openClassifiers()).add(classifier, file, askLicence(flags))));
  }
  const store = await openStore();
  const model = flags.as === undefined ? undefined : checkedName(flags.as);
  await printLine(describe(await store.add(file, { accept: askLicence(flags), model, onWarning: warnings() })));
}

async function verify(names: readonly string[], flags: { readonly json?: true }): Promise<void> {
  const isAsked = ({ model, state }: ModelStatus | ClassifierStatus) =>
    names.includes(model) || (names.length === 0 && state !== 'missing');
  const models = names.filter((name) => classifierNamed(name) === undefined).map(checkedName);
  const found = [
    ...(await (await openStore()).list({ check: true, models: names.length === 0 ? RELEASED_MODELS : models })),
    ...(await (await openClassifiers()).list({ check: true })).filter(isAsked),
  ];
  if (flags.json) await printJson(found);
  else for (const status of found) await printLine(describe(status));
  if (found.some(({ state }) => state === 'changed' || (names.length > 0 && state === 'missing'))) {
    process.exitCode = EXIT_CHANGED;
  }
}

async function clean(): Promise<void> {
  const { GraphFolder } = await import('@pctalk/node');
  const { folder, files, bytes } = await new GraphFolder().clean();
  await printLine(`${folder}: ${files} graphs deleted, ${megabytes(bytes)}`);
}

async function path(name: string | undefined): Promise<void> {
  const store = await openStore();
  if (name === undefined) return printLine(store.folder);
  const classifier = classifierNamed(name);
  if (classifier === undefined) return printLine(await store.find(checkedName(name)));
  const place = (await openClassifiers()).path(classifier);
  await stat(place).catch((cause) => {
    throw new PcTalkError(
      'model-missing',
      `${name}: expected ${place}, which is not there; try pctalk models pull ${name}`,
      { cause },
    );
  });
  await printLine(place);
}

/** Shows a licence and takes the flag, or a yes typed at a terminal, as acceptance. */
function askLicence(flags: AcceptFlags): AcceptLicence {
  return async (model, { name, url, note, commercial }) => {
    const terms = [`${model}: ${name}`, `  ${url}`, `  ${note}`, ...(commercial ? [] : ['  Not for commercial use.'])];
    for (const line of terms) printNote(line);
    if (flags.acceptLicence) return true;
    if (!process.stdin.isTTY) return false;
    const prompt = createInterface({ input: process.stdin, output: process.stderr });
    prompt.on('SIGINT', () => process.kill(process.pid, 'SIGINT')); // The prompt takes Ctrl-C from the terminal.
    const answer = await prompt.question('  Do you accept these terms? (yes/no) ');
    prompt.close();
    return /^y(es)?$/i.test(answer.trim());
  };
}

async function openClassifiers() {
  const { ClassifierStore } = await import('@pctalk/node');
  return new ClassifierStore();
}

/** The classifier of that name, if it is one. */
function classifierNamed(name: string | undefined): EmotionClassifier | undefined {
  return EMOTION_CLASSIFIERS.find((known) => known === name);
}

async function openStore() {
  const { ModelStore } = await import('@pctalk/node');
  return new ModelStore();
}

function checkedNames(name: string, found: readonly ReleasedModel[]): readonly ReleasedModel[] {
  return found.length > 0 ? found : [checkedName(name)];
}

function checkedName(name: string): ReleasedModel {
  const model = RELEASED_MODELS.find((known) => known === name);
  if (model !== undefined) return model;
  const known = [...RELEASED_MODELS, ...EMOTION_CLASSIFIERS];
  throw new PcTalkError('unknown-name', `model: expected one of ${known.join(', ')}; got '${name}'`);
}

function describe({ model, state, path: place, record }: ModelStatus | ClassifierStatus): string {
  return `${model}: ${state}, ${place}${record === undefined ? '' : `, sha256 ${record.sha256}`}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
