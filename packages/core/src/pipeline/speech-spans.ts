/** A stretch of time, seconds, half open. */
export interface TimeSpan {
  readonly start: number;
  readonly end: number;
}

/** Shorter silences are part of the speech (closures of stops), seconds. */
const SHORTEST_PAUSE = 0.16;
/** Shorter bursts are no speech, seconds. */
const SHORTEST_SPEECH = 0.12;

/**
 * Finds where somebody speaks.
 * @param silence posterior of each frame, as a `SpeechFrame` has it. @param rate frames a second
 */
export function speechSpans(silence: ArrayLike<number>, rate: number): TimeSpan[] {
  const spans: { start: number; end: number }[] = [];
  for (let n = 0; n < silence.length; n++) {
    if (silence[n]! >= 0.5) continue;
    const last = spans.at(-1);
    if (last !== undefined && n / rate - last.end < SHORTEST_PAUSE) last.end = (n + 1) / rate;
    else spans.push({ start: n / rate, end: (n + 1) / rate });
  }
  return spans.filter(({ start, end }) => end - start >= SHORTEST_SPEECH);
}

/**
 * Times words by nothing but their length: each takes its share of the speech by its letters, pauses left out.
 * @param speech where somebody speaks, in order; if nowhere, words are spread over nothing at 0
 */
export function spreadWords(words: readonly string[], speech: readonly TimeSpan[]): TimeSpan[] {
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const spoken = speech.reduce((sum, { start, end }) => sum + end - start, 0);
  let count = 0;
  return words.map((word) => {
    const start = timeAfter(speech, (spoken * count) / letters, 'start');
    count += word.length;
    return { start, end: timeAfter(speech, (spoken * count) / letters, 'end') };
  });
}

/** The time at which so many seconds have been spoken; between two spans the later one's start, or the earlier one's end. */
function timeAfter(speech: readonly TimeSpan[], seconds: number, edge: keyof TimeSpan): number {
  let rest = seconds;
  for (const { start, end } of speech) {
    const length = end - start;
    if (edge === 'start' ? rest < length - 1e-9 : rest <= length + 1e-9) return start + Math.max(0, rest);
    rest -= length;
  }
  return speech.at(-1)?.end ?? 0;
}

/**
 * Times the words of a text by words whose times are known, which may be written otherwise or differ in places: equal
 * words in the same order give their times, those between share what lies between by their letters.
 */
export function timeWords(
  words: readonly string[],
  known: readonly (TimeSpan & { readonly text: string })[],
): TimeSpan[] {
  const pairs = commonWords(
    words.map(plain),
    known.map(({ text }) => plain(text)),
  );
  const timed: (TimeSpan | undefined)[] = words.map(() => undefined);
  for (const [w, k] of pairs) timed[w] = { start: known[k]!.start, end: known[k]!.end };
  const last = known.at(-1)?.end ?? 0;
  for (let from = 0; from < words.length; from++) {
    if (timed[from] !== undefined) continue;
    let to = from;
    while (to < words.length && timed[to] === undefined) to++;
    const gap = { start: timed[from - 1]?.end ?? known[0]?.start ?? 0, end: timed[to]?.start ?? last };
    const spread = spreadWords(words.slice(from, to), [{ start: gap.start, end: Math.max(gap.start, gap.end) }]);
    for (let w = from; w < to; w++) timed[w] = spread[w - from];
  }
  return timed as TimeSpan[];
}

/** The longest common subsequence. @returns pairs of positions */
function commonWords(a: readonly string[], b: readonly string[]): [number, number][] {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
