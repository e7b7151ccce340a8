/** Languages whose letters can be read as sounds; Japanese in kana, Chinese in Pinyin. */
export const TRANSCRIPT_LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'ru', 'ja', 'zh', 'ko'] as const;
export type TranscriptLanguage = (typeof TRANSCRIPT_LANGUAGES)[number];

/** The English name of a language: `de` is German. */
export function languageName(language: TranscriptLanguage): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(language) ?? language;
}

/** Common short words that few other languages of the list have. */
const COMMON: Readonly<Partial<Record<TranscriptLanguage, string>>> = {
  en: 'the and of to is you that it for was are with this have not be on as at his they what we when your can said there i no do so me my go am by an or if will just get all our him her she he us',
  de: 'der die das und ist ich nicht ein eine zu den mit sich auf auch für wir sie dem von wird aber wie haben sind noch',
  fr: 'le les des et est une que dans qui pour pas sur au vous je nous il elle avec plus ce sont mais du ne se cette',
  es: 'el los las y es una que en por con para no su al lo como más pero está del se muy también yo este hay',
  it: 'il lo gli e è una che di per con non sono della nel si più ma come anche del alla questo ho io ci dei',
  pt: 'o os as e é uma que em por com não para um do da no na se mais mas como foi ao você eu isso dos muito',
  nl: 'de het een en is van ik je dat niet op te zijn voor met aan maar ook er wij naar heeft wat hebben deze',
  pl: 'i w na z się nie to jest że do jak ale co tak po czy za dla jego przez być już tylko może są',
};

/** Letters that hardly any other language of the list has. */
const TELLING: Readonly<Partial<Record<TranscriptLanguage, RegExp>>> = {
  de: /[äöß]/gu,
  fr: /[çœêîèû]/gu,
  es: /[ñ¿¡]/gu,
  pt: /[ãõ]/gu,
  pl: /[ąęłśżźćń]/gu,
  zh: /[āēīōūǎěǐǒǔǚǜ]|(?<![a-z])[a-z]{1,6}[1-4](?=\s|$)/gu,
};

const ALL_COMMON = new Set(Object.values(COMMON).flatMap((words) => words.split(' ')));

/** Whether a word is one of the commonest of some language of the list. @param word in lower case */
export function isCommonWord(word: string): boolean {
  return ALL_COMMON.has(word);
}

/** Scripts of none of the languages, and of those whose signs do not say how they sound. */
const UNREAD_SCRIPTS =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Greek}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Thai}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Khmer}\p{Script=Ethiopic}]/u;

/** How a text must be written to be read, where its letters do not say how they sound; undefined if they do. */
export function wantedSpelling(text: string, language: TranscriptLanguage): string | undefined {
  const hasHan = /\p{Script=Han}/u.test(text);
  if (hasHan && language === 'ja') return 'kanji are not read: write them in kana, as in にほん';
  if (hasHan) return 'Chinese signs are not read: write them in Pinyin with spaces, as in nǐ hǎo';
  if (UNREAD_SCRIPTS.test(text)) {
    return `letters of that script are not read: write the words in Latin letters as they sound in one of ${TRANSCRIPT_LANGUAGES.join(', ')} and name it with --language`;
  }
  return undefined;
}

/** The likeliest language of a text, by its script, its common words and telling letters; English if nothing tells. */
export function guessLanguage(text: string): TranscriptLanguage {
  const lower = text.normalize('NFC').toLowerCase();
  if (/[\u3041-\u30ff]/u.test(lower)) return 'ja';
  if (/[\uac00-\ud7a3]/u.test(lower)) return 'ko';
  if (/[\u4e00-\u9fff]/u.test(lower)) return 'zh';
  if (/[а-яё]/u.test(lower)) return 'ru';
  const words = lower.split(/[^\p{L}\p{M}\d]+/u);
  let best: TranscriptLanguage = 'en';
  let most = 0;
  for (const language of TRANSCRIPT_LANGUAGES) {
    const common = new Set(COMMON[language]?.split(' '));
    const telling = TELLING[language] === undefined ? 0 : (lower.match(TELLING[language])?.length ?? 0);
    const points = words.filter((word) => common.has(word)).length + telling;
    if (points > most) [best, most] = [language, points];
  }
  return best;
}
