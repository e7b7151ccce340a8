export * from './emotion/confusion-picture.ts';
export * from './emotion/emotion-figures.ts';
export * from './emotion/evaluate-emotion.ts';
export * from './emotion/expression-judge.ts';
export * from './emotion/face-change.ts';
export * from './emotion/real-emotion.ts';
export * from './emotion/region-leak.ts';
export * from './emotion/report-emotion.ts';
