import { numbersIn } from './numbers.ts'

/** A program that saves a plot of a curve or of numbers as `plot.png`. */
export function writePlot(kind: string, text: string): string | undefined {
  const body = curveLines(text) ?? dataLines(kind, text)
  if (!body) return undefined
  return [
    'import matplotlib',
    '',
    'matplotlib.use("Agg")',
    'import matplotlib.pyplot as plt',
    ...body,
    'plt.savefig("plot.png")',
    'print("Saved plot.png")',
  ].join('\n')
}

/** `plot sin(x) from 0 to 10` */
function curveLines(text: string): string[] | undefined {
  const [, written] =
    /\b(?:plot|graph|draw|chart)\b(?: (?:of|the|a|an|me|function|curve|graph|plot|line))*\s+(?:y\s*=\s*|f\(x\)\s*=\s*)?((?:[a-z]+\(|[-(\dx]).*?)(?=\s+(?:from|between|for|using|with|in|and|as|over)\b|[?.!]?$)/.exec(
      text,
    ) ?? []
  const curve = written === undefined ? undefined : toNumpy(written)
  if (!curve) return undefined
  const [, from = '-10', to = '10'] =
    /(?:from|between) (-?[\d.]+) (?:to|and) (-?[\d.]+)/.exec(text) ?? []
  return [
    'import numpy as np',
    '',
    `x = np.linspace(${from}, ${to}, 400)`,
    `plt.plot(x, ${curve})`,
    'plt.xlabel("x")',
    'plt.ylabel("y")',
  ]
}

/** Undefined where it is more than numbers, x, operators and known functions: nothing else may get into the code. */
function toNumpy(written: string): string | undefined {
  const words: string[] = written.match(/[a-z]+/g) ?? []
  const known = new Set(['x', 'sin', 'cos', 'tan', 'exp', 'sqrt', 'log', 'abs', 'pi'])
  const isFormula = /^[\w\s.+\-*/^()]+$/.test(written) && words.every((word) => known.has(word))
  if (!isFormula || !words.includes('x')) return undefined
  return written
    .trim()
    .replaceAll('^', '**')
    .replaceAll(/(\d)\s*(?=[a-z])/g, '$1 * ')
    .replaceAll(/\b(?!x\b)([a-z]+)/g, 'np.$1')
}

/** `bar chart of 3, 5 and 8` */
function dataLines(kind: string, text: string): string[] | undefined {
  const numbers = numbersIn(text)
  if (numbers.length < 2) return undefined
  const data = `[${numbers.join(', ')}]`
  const called = /\bbars?\b/.test(text) ? 'bar' : /\bpie\b/.test(text) ? 'pie' : 'plot'
  if (kind === 'histogram' || /\bhistogram\b/.test(text)) return ['', `plt.hist(${data})`]
  return [
    '',
    called === 'bar' ? `plt.bar(range(${numbers.length}), ${data})` : `plt.${called}(${data})`,
  ]
}
