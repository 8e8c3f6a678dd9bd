import { globSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { findCycles } from './cycles.ts'
import { judge, mayReadEnvironment } from './rules.ts'
import { type Scan, scan } from './scan.ts'

/** The violations of the import rules under a root, as `file:line: what is wrong`. */
export function checkImports(root: string): string[] {
  const scans = new Map(
    listFiles(root).map((file) => [file, scan(readFileSync(join(root, file), 'utf8'))]),
  )
  return [...[...scans].flatMap(([file, found]) => checkFile(file, found)), ...checkCycles(scans)]
}

function listFiles(root: string): string[] {
  // The peers of the bench are programs of others, with dependencies of their own.
  const exclude = ['**/node_modules', 'scripts/bench/peers']
  return globSync('{apps,packages,scripts}/**/*.{ts,mts,tsx,js,mjs}', { cwd: root, exclude })
    .map((file) => file.replaceAll(sep, '/'))
    .toSorted((a, b) => (a < b ? -1 : 1))
}

function checkFile(file: string, { imports, environmentLines }: Scan): string[] {
  const wrong = imports.flatMap(({ specifier, line }) => {
    const problem = judge({ file, specifier })
    return problem === undefined ? [] : [`${file}:${line}: ${problem}`]
  })
  if (mayReadEnvironment(file)) return wrong
  const reads = environmentLines.map(
    (line) => `${file}:${line}: only packages/config reads the environment`,
  )
  return [...wrong, ...reads]
}

function checkCycles(scans: ReadonlyMap<string, Scan>): string[] {
  const graph = new Map(
    [...scans].map(([file, { imports }]) => [
      file,
      imports
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => posix.join(posix.dirname(file), specifier)),
    ]),
  )
  return findCycles(graph).map(([first = '', second = '', ...rest]) => {
    const line = scans
      .get(first)
      ?.imports.find(({ specifier }) => second.endsWith(posix.basename(specifier)))?.line
    return `${first}:${line ?? 1}: import cycle: ${[first, second, ...rest].join(' -> ')}`
  })
}
