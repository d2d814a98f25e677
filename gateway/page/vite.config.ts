import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const WORKER = /new URL\('\.\/([\w-]+\.worker)\.ts', import\.meta\.url\)/g;

/**
 * Builds workers together with the page, so that both load what they have in common (how evidence is verified, 25 kB
 * packed) as one file. By itself Vite gives each worker a build of its own, with everything in it once more.
 */
const sharedWorkers: Plugin = {
  name: 'shared-workers',
  enforce: 'pre',
  apply: 'build',
  transform(code, id) {
    const shared = code.replace(WORKER, (_, name: string) => {
      const worker = fileURLToPath(new URL(`./${name}.ts`, `file://${id}`));
      return `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'chunk', id: worker, name })}`;
    });
    return shared === code ? undefined : shared;
  },
};

export default defineConfig({
  root: at('.'),
  logLevel: 'warn',
  plugins: [sharedWorkers],
  resolve: { conditions: ['source', 'module', 'browser', 'production', 'import', 'default'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: at('../dist/browser'),
    emptyOutDir: true,
    // Everything is a file of its own: the page's content security policy takes nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
