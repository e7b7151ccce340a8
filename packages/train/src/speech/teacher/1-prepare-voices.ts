/**
 * Teacher step 1: recordings of real people, and music to tell from them, from Debian's asterisk-core-sounds-*-g722, asterisk-prompt-it-menardi-wav,
 * asterisk-prompt-fr-armelle, fillets-ng-data-cs, fillets-ng-data-nl and
 * asterisk-moh-opsound-g722 (docs/models/speech.md names speakers and licences). Sound only: what is said comes from step 4;
 * music is cut into pieces in which nobody speaks.
 *
 *     npx tsx --conditions=source packages/train/src/speech/teacher/1-prepare-voices.ts --data FOLDER
 */
import { readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ClipWriter } from '../clip-store.ts';
import { readAudio } from '../read-audio.ts';

const SOUNDS = '/usr/share/asterisk/sounds';
/** Set, folder, and which of its files; their ending is left out of a clip's name. */
const VOICES: readonly (readonly [set: string, folder: string, files: RegExp])[] = [
  ['prompts', `${SOUNDS}/en_US_f_Allison`, /\.g722$/],
  ['prompts', `${SOUNDS}/es_MX_f_Allison`, /\.g722$/],
  ['prompts', `${SOUNDS}/fr_CA_f_June`, /\.g722$/],
  ['prompts', `${SOUNDS}/it_IT_m_Carlo`, /\.g722$/],
  ['prompts', `${SOUNDS}/ru_RU_f_IvrvoiceRU`, /\.g722$/],
  ['narrow', `${SOUNDS}/it_IT_f_Menardi`, /\.wav$/],
  ['narrow', `${SOUNDS}/fr`, /\.gsm$/],
  ['music', '/usr/share/asterisk/moh', /\.g722$/],
  ['acted', '/usr/share/games/fillets-ng/sound', /\/(cs|nl)\/[^/]+\.ogg$/],
];
/** Files that hold tones, music or nothing. */
const NO_SPEECH = /silence|beep|tone|jingle|ring|monkeys|weasels/;
const SHORTEST_SECONDS = 0.4;
/** Samples of a piece of music. */
const PIECE = 6 * 16000;

const { values } = parseArgs({ options: { data: { type: 'string' } } });
if (values.data === undefined) throw new Error('--data FOLDER is needed');

for (const [set, folder, files] of VOICES) {
  const writer = new ClipWriter(values.data, set);
  let [clips, seconds] = [0, 0];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!files.test(name) || NO_SPEECH.test(name)) continue;
    const id = `${basename(folder)}-${name.slice(0, -extname(name).length).replaceAll('/', '-')}`;
    if (writer.has(id)) continue;
    const samples = readAudio(join(folder, name));
    if (samples.length < SHORTEST_SECONDS * 16000) continue;
    if (set === 'music') {
      for (const piece of piecesOf(samples)) writer.write({ id: `${id}-${piece.start}`, ...piece.clip });
    } else writer.write({ id, samples });
    clips++;
    seconds += samples.length / 16000;
  }
  console.log(`${basename(folder)}: ${clips} clips, ${(seconds / 60).toFixed(1)} min into ${set}`);
}

/** Music in pieces of a few seconds, silence by what is said. */
function* piecesOf(samples: Float32Array) {
  for (let start = 0; start + PIECE <= samples.length; start += PIECE) {
    const spans = [{ start: 0, end: PIECE / 16000, phone: 'SIL' as const }];
    yield { start: start / 16000, clip: { samples: samples.slice(start, start + PIECE), spans } };
  }
}
