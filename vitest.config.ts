import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const alias = { trueup: fileURLToPath(new URL('src/index.ts', import.meta.url)) };

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          globalSetup: 'test/temporary-folder.ts',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lab/**', 'test/site/**', 'test/ipvs/**', 'test/selinux/**'],
          testTimeout: 20_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts', 'test/site/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 400_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'ipvs',
          include: ['test/ipvs/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 400_000,
          hookTimeout: 600_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'selinux',
          include: ['test/selinux/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 1_800_000,
          hookTimeout: 1_200_000,
        },
      },
    ],
  },
});
