/**
 * Reads the imports of a TypeScript file by pattern. That is enough because prettier writes every static import at the
 * beginning of a line; a parser would cost a dependency and seconds.
 */
export interface Import {
  specifier: string
  line: number
}

export interface Scan {
  imports: Import[]
  /** The lines that read the environment. */
  environmentLines: number[]
}

const staticImport = /^(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm
const dynamicImport = /\bimport\s*\(\s*(['"])([^'"\n]+)\1/g
const environment =
  /\bprocess\s*\??\.\s*env\b|\bprocess\s*\[\s*['"]env['"]|\benv\b[^'"`;]*from\s*['"](?:node:)?process['"]/g
const commentOrString =
  /\/\*[^]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g

export function scan(text: string): Scan {
  const code = text.replaceAll(commentOrString, (token) =>
    token.startsWith('/') ? blank(token) : token,
  )
  const imports = [...code.matchAll(staticImport), ...code.matchAll(dynamicImport)].map(
    (match) => ({
      specifier: match[2] ?? '',
      line: lineAt(code, match.index + match[0].length),
    }),
  )
  return {
    imports: imports.toSorted((a, b) => a.line - b.line),
    environmentLines: [...code.matchAll(environment)].map(({ index }) => lineAt(code, index)),
  }
}

/** Lines are counted in what remains, so newlines remain. */
function blank(comment: string): string {
  return comment.replaceAll(/[^\n]/g, ' ')
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
