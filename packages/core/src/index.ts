export * from './errors.ts';
export * from './face/canonical-mesh.ts';
export * from './image.ts';
export * from './motion/coefficients.ts';
export * from './motion/motion-space.ts';
export * from './render/renderer.ts';
export * from './tensor-runtime.ts';
