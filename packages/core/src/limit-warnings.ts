import type { WarningReporter } from './errors.ts';

/** Warnings of one kind that are passed on; the others are counted. */
export const WARNINGS_OF_A_KIND = 8;

/** A reporter that passes on the first warnings of each code, and at the end says how many more there were. */
export interface LimitedWarnings {
  readonly report: WarningReporter;
  /** To be called once, when the work is done or has failed. */
  finish(): void;
}

/** Keeps a document with hundreds of thousands of odd places from warning of each. @param where names it */
export function limitWarnings(onWarning: WarningReporter, where: string): LimitedWarnings {
  const counts = new Map<string, number>();
  return {
    report: (warning) => {
      const count = (counts.get(warning.code) ?? 0) + 1;
      counts.set(warning.code, count);
      if (count <= WARNINGS_OF_A_KIND) onWarning(warning);
    },
    finish: () => {
      for (const [code, count] of counts) {
        const more = count - WARNINGS_OF_A_KIND;
        if (more > 0) onWarning({ code, message: `${where}: ${more} more such places (${code})` });
      }
    },
  };
}
