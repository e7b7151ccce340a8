/** What an input may ask for, however small its file is; `pctalk limits` prints them. More is refused before the work. */
export const INPUT_LIMITS = Object.freeze({
  /** Of speech, and of a clip, seconds; `--max-duration` sets another. */
  durationSeconds: 7200,
  /** Frames a clip announces at most for each second that it may last: a film of 24, half an hour of slow motion of 240. */
  framesPerSecond: 60,
  /** Boxes or chunks of a container that are walked. */
  headers: 1_000_000,
  /** Of JSON: performances, templates, headers of weights. */
  jsonBytes: 32 * 2 ** 20,
  /** Memory that readers of weights, templates, tracks and JSON take: so many times the file, and so many bytes. */
  readerFiles: 3,
  readerBytes: 64 * 2 ** 20,
  /** A C2PA manifest with all boxes beside it, bytes. */
  manifestBytes: 32 * 2 ** 20,
  /** A signed picture, or a video bound to its manifest as others do, which is read as a whole, bytes. */
  signedBytes: 128 * 2 ** 20,
});
