/** The import table of the design, as data, and the rules that read it. */
import { posix } from 'node:path'

/** Which of our packages a package may import. One that is not here is not in the design. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  testing: ['schemas'],
  config: ['schemas'],
  http: ['schemas'],
  providers: ['schemas'],
  tools: ['schemas'],
  db: ['schemas'],
  agents: ['providers', 'tools', 'schemas'],
}

const fileModules = ['fs', 'fs/promises']
const inputOutputModules = [
  ...fileModules,
  'child_process',
  'cluster',
  'dgram',
  'dns',
  'dns/promises',
  'http',
  'http2',
  'https',
  'net',
  'tls',
  'worker_threads',
  'undici',
  'pino',
]

/** Libraries and parts of Node that a package stays clear of. */
const never: Readonly<Record<string, readonly string[]>> = {
  schemas: inputOutputModules,
  agents: fileModules,
}

/** A package, an app, or the scripts: what is entered by name only. */
interface Room {
  area: 'packages' | 'apps' | 'scripts'
  name: string
}

export interface SourceImport {
  /** From the root, with forward slashes. */
  file: string
  specifier: string
}

export function roomOf(file: string): Room {
  const [area = '', name = ''] = file.split('/')
  if (area === 'packages' || area === 'apps') return { area, name }
  return { area: 'scripts', name: 'scripts' }
}

export function isTest(file: string): boolean {
  return (
    file.endsWith('.test.ts') ||
    /\/(test|fixtures)\//.test(file) ||
    file.startsWith('packages/testing/')
  )
}

export function mayReadEnvironment(file: string): boolean {
  return file.startsWith('packages/config/') || roomOf(file).area === 'scripts' || isTest(file)
}

/** What is wrong with an import, or undefined. */
export function judge({ file, specifier }: SourceImport): string | undefined {
  if (specifier.startsWith('.')) return judgeRelative(file, specifier)
  if (specifier.startsWith('@tandem/')) return judgeOwn(file, specifier)
  return judgeLibrary(file, specifier)
}

function judgeRelative(file: string, specifier: string): string | undefined {
  const { area, name } = roomOf(file)
  const folder = area === 'scripts' ? 'scripts' : `${area}/${name}`
  const target = posix.join(posix.dirname(file), specifier)
  if (target.startsWith(`${folder}/`)) return undefined
  return `${specifier} leaves ${folder}; packages are entered by name (@tandem/...), apps not at all`
}

function judgeOwn(file: string, specifier: string): string | undefined {
  const [, target = '', ...rest] = specifier.split('/')
  const { area, name } = roomOf(file)
  if (rest.length > 0) return `${specifier} goes past the entrance; import from @tandem/${target}`
  if (!(target in mayImport)) return `@tandem/${target} is no package of the import table`
  if (target === 'testing') {
    return isTest(file) ? undefined : '@tandem/testing is for tests alone'
  }
  if (area !== 'packages') return undefined
  if (target === name) return `@tandem/${name} imports itself by name; use a relative path`
  if (mayImport[name]?.includes(target)) return undefined
  return `${name} may not import ${target}; it may import ${mayImport[name]?.join(', ') || 'none of our packages'}`
}

function judgeLibrary(file: string, specifier: string): string | undefined {
  const { area, name } = roomOf(file)
  const library = specifier.replace(/^node:/, '')
  if (library === 'express' && area !== 'apps' && !(area === 'packages' && name === 'http')) {
    return 'express is known to apps and packages/http alone'
  }
  if (area === 'packages' && never[name]?.includes(library) && !isTest(file)) {
    return `${name} may not import ${specifier}`
  }
  return undefined
}
