/** What an input may ask for, however small its file is; `pctalk limits` prints them. More is refused before the work. */
export const INPUT_LIMITS = Object.freeze({
  /** Of speech, and of a clip, seconds; `--max-duration` sets another. */
  durationSeconds: 7200,
  /** Boxes or chunks of a container that are walked. */
  headers: 1_000_000,
});
