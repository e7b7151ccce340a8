import type { ErrorCode } from './errors.ts';

/** How an error leaves the program. */
export interface ErrorStatus {
  /** HTTP status. */
  readonly http: number;
  /** Exit status of the command line: 2 the request, 3 an input, 4 the output, 5 this machine, 130 cancelled. */
  readonly exit: number;
}

const REQUEST: ErrorStatus = { http: 400, exit: 2 };
const INPUT: ErrorStatus = { http: 422, exit: 3 };
const TOO_LARGE: ErrorStatus = { http: 413, exit: 3 };
const OUTPUT: ErrorStatus = { http: 507, exit: 4 };
const MACHINE: ErrorStatus = { http: 503, exit: 5 };
const CANCELLED: ErrorStatus = { http: 499, exit: 130 };

/** The one table of statuses; docs/errors.md repeats it for readers. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, ErrorStatus>> = Object.freeze({
  'no-face': INPUT,
  'several-faces': INPUT,
  'face-too-small': INPUT,
  'no-person': INPUT,
  'image-unreadable': INPUT,
  'image-too-large': TOO_LARGE,
  'image-too-small': INPUT,
  'video-unreadable': INPUT,
  'audio-unreadable': INPUT,
  'audio-empty': INPUT,
  'limit-exceeded': TOO_LARGE,
  'media-tool-missing': MACHINE,
  'media-tool-failed': MACHINE,
  'transcript-mismatch': INPUT,
  'output-unwritable': OUTPUT,
  'consent-missing': REQUEST,
  'value-out-of-range': REQUEST,
  'unknown-name': REQUEST,
  'performance-invalid': REQUEST,
  'model-missing': MACHINE,
  'model-invalid': MACHINE,
  'licence-not-accepted': REQUEST,
  'download-failed': MACHINE,
  'device-missing': MACHINE,
  cancelled: CANCELLED,
  'provenance-unreadable': INPUT,
  'session-ended': { http: 409, exit: 2 },
  'session-busy': { http: 409, exit: 2 },
  'queue-full': { http: 429, exit: 2 },
  'patch-refused': REQUEST,
  'clock-invalid': MACHINE,
  usage: REQUEST,
});

/** Exit status of a fault of our own. */
export const EXIT_BUG = 70;
/** Exit status of `pctalk verify` for a file whose manifest is missing or does not hold. */
export const EXIT_NOT_VERIFIED = 1;
