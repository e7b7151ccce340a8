/** Errors a caller can act on. Each code stands in docs/errors.md with its cause and its remedy. */
export const ERROR_CODES = [
  'no-face',
  'several-faces',
  'face-too-small',
  'no-person',
  'image-unreadable',
  'image-too-large',
  'image-too-small',
  'video-unreadable',
  'audio-unreadable',
  'audio-empty',
  'limit-exceeded',
  'media-tool-missing',
  'media-tool-failed',
  'transcript-mismatch',
  'output-unwritable',
  'consent-missing',
  'value-out-of-range',
  'unknown-name',
  'performance-invalid',
  'model-missing',
  'model-invalid',
  'licence-not-accepted',
  'download-failed',
  'device-missing',
  'cancelled',
  'provenance-unreadable',
  'session-ended',
  'session-busy',
  'queue-full',
  'patch-refused',
  'clock-invalid',
  'usage',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** The one error class of the project: where: expected X, got Y, try Z. */
export class PcTalkError extends Error {
  override readonly name = 'PcTalkError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** States what must hold if our own code is right; a failure is a bug, not bad input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`pctalk bug: ${message}`);
}

/**
 * States that a handle has not been disposed yet; using it afterwards is its user's mistake.
 * @param what the handle is, as its user knows it
 * @throws usage
 */
export function checkInUse(isInUse: unknown, what: string): asserts isInUse {
  if (!isInUse) throw disposed(what);
}

/** The error of `checkInUse`. */
export function disposed(what: string): PcTalkError {
  return new PcTalkError('usage', `${what}: expected one in use, got one that was disposed; create another`);
}

/** Receives partial trouble that does not stop the work (a value beyond its recommended range, a covered mouth). */
export type WarningReporter = (warning: { readonly code: string; readonly message: string }) => void;
