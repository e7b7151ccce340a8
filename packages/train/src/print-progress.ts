import type { TrainingProgress } from './loop.ts';

/** Prints where a training stands: a line of the loss and its parts, and one of what was found on data not trained on. */
export function printProgress({ step, steps, training, validation, secondsPerStep }: TrainingProgress): void {
  console.log(`${step}/${steps} ${figures(training)}  ${secondsPerStep.toFixed(2)} s`);
  if (validation !== undefined) console.log(`  not trained on: ${figures(validation)}`);
}

function figures(all: Readonly<Record<string, number>>): string {
  return Object.entries(all)
    .map(([name, figure]) => `${name} ${figure.toFixed(4)}`)
    .join('  ');
}
