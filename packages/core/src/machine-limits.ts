/** What may be kept on a machine, and how long a child of ours is waited for; `pctalk limits` prints them. */
export const MACHINE_LIMITS = Object.freeze({
  /** Tracks of faces, bytes; a minute of a clip takes 9 MB. Those not used for longest go first. */
  trackBytes: 2 ** 30,
  /** Days after its last use at which a track goes: faces are biometric. */
  trackDays: 30,
  /** Graphs built of released weights, bytes; one set of float32 graphs takes 0.5 GB. */
  graphBytes: 2 * 2 ** 30,
  /** Days after its last use at which a graph goes. */
  graphDays: 180,
  /** A package that a model is taken out of, bytes: as it is fetched and unpacked; the full ear's unpacks to 31 MB. */
  packageBytes: 128 * 2 ** 20,
  /** How long an ffmpeg may make no progress, seconds: longer than a slow disk takes to answer or a long file to be read through. */
  stallSeconds: 120,
  /** Largest block of memory an ffmpeg may take, bytes: a picture of 8192 × 8192 in four channels; headers that announce more are refused. */
  ffmpegBlockBytes: 256 * 2 ** 20,
});
