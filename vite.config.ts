import { defineConfig } from 'vite';

export default defineConfig({
  root: 'viewer',
  base: './',
  worker: { format: 'es' },
  build: {
    outDir: '../dist/viewer',
    emptyOutDir: true,
    target: 'es2023',
    sourcemap: true,
    // Inlined assets would be data: addresses, which the content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
