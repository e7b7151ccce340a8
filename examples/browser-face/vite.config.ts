import { defineConfig } from 'vite';

// Threads of WebAssembly need a page that is isolated from other origins.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './',
  build: { target: 'es2022', chunkSizeWarningLimit: 2000 },
  worker: { format: 'es' },
  server: { headers },
  preview: { headers },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
});
