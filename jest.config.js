import { fileURLToPath } from 'node:url'

// Tests start many servers and threads, which load the same modules: node keeps what it has compiled of them.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('node_modules/.cache/compile', import.meta.url),
)

/** Tests run as native ES modules; swc only strips the types. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{apps,packages,scripts}/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  testTimeout: 60_000,
  // The modules of test files that are over are not freed, and a worker that holds many gets slow.
  workerIdleMemoryLimit: '512MB',
}
