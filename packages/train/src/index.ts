export * from './checkpoint.ts';
export * from './export-model.ts';
export * from './first-weights.ts';
export * from './loop.ts';
export * from './loss-curve.ts';
export * from './optimizer-state.ts';
export * from './schedule.ts';
export * from './trainer.ts';
