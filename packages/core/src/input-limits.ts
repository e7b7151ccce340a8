/** What an input may ask for, however small its file is; `pctalk limits` prints them. More is refused before the work. */
export const INPUT_LIMITS = Object.freeze({
  /** Of speech, and of a clip, seconds; `--max-duration` sets another. */
  durationSeconds: 7200,
  /** Boxes or chunks of a container that are walked. */
  headers: 1_000_000,
  /** A C2PA manifest with all boxes beside it, bytes. */
  manifestBytes: 32 * 2 ** 20,
  /** A signed picture, or a video bound to its manifest as others do, which is read as a whole, bytes. */
  signedBytes: 128 * 2 ** 20,
});
