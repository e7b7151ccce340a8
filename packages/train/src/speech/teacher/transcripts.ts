/** What the recordings of step 1 say, from the packages they come from (Debian's asterisk-core-sounds-* and fillets-ng-data). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A text, and espeak-ng's voice for its language. */
export interface Transcript {
  readonly voice: string;
  readonly text: string;
}

/** Folder of each speaker of prompts: language of the texts and espeak-ng's voice. */
const PROMPTS = {
  en_US_f_Allison: ['en', 'en-us'],
  es_MX_f_Allison: ['es', 'es-419'],
  fr_CA_f_June: ['fr', 'fr'],
  it_IT_m_Carlo: ['it', 'it'],
  ru_RU_f_IvrvoiceRU: ['ru', 'ru'],
} as const;
const DIALOGUES = '/usr/share/games/fillets-ng/script';
const DIALOGUE_LANGUAGES = ['cs', 'nl'] as const;

/** Transcripts by the clip's name in step 1. */
export function readTranscripts(): Map<string, Transcript> {
  return new Map([...promptTexts(), ...dialogueTexts()]);
}

function* promptTexts(): Generator<[string, Transcript]> {
  for (const [folder, [language, voice]] of Object.entries(PROMPTS)) {
    const path = `/usr/share/doc/asterisk-core-sounds-${language}/core-sounds-${language}.txt.gz`;
    for (const line of gunzipSync(readFileSync(path)).toString('utf8').split('\n')) {
      const [, name, text] = /^([\w/-]+):\s*(.+)$/.exec(line) ?? [];
      if (name === undefined || text === undefined || /[[(<]/.test(text)) continue;
      yield [`${folder}-${name.replaceAll('/', '-')}`, { voice, text }];
    }
  }
}

/** A scene's script names each line by its sound, then gives its words: `dialogId("ID", …)`, `dialogStr("TEXT")`. */
function* dialogueTexts(): Generator<[string, Transcript]> {
  if (!existsSync(DIALOGUES)) return;
  for (const path of readdirSync(DIALOGUES, { recursive: true, encoding: 'utf8' })) {
    const voice = DIALOGUE_LANGUAGES.find((language) => basename(path) === `dialogs_${language}.lua`);
    if (voice === undefined) continue;
    const scene = path.slice(0, -basename(path).length).replaceAll('/', '-');
    const script = readFileSync(join(DIALOGUES, path), 'utf8');
    for (const [, name, text] of script.matchAll(/dialogId\("([^"]+)"[^\n]*\)\s*dialogStr\("((?:[^"\\]|\\.)+)"\)/g)) {
      yield [`sound-${scene}${voice}-${name}`, { voice, text: text!.replaceAll('\\"', '"') }];
    }
  }
}
