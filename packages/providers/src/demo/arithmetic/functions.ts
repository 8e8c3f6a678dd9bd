export interface MathFunction {
  evaluate(value: number): number
  /** Its name where it differs from ours: in a calculator's language, in Python. */
  calculator?: string
  python: string
}

export const functions: Readonly<Record<string, MathFunction>> = {
  sqrt: { evaluate: Math.sqrt, python: 'math.sqrt' },
  cbrt: { evaluate: Math.cbrt, python: 'math.cbrt' },
  abs: { evaluate: Math.abs, python: 'abs' },
  round: { evaluate: Math.round, python: 'round' },
  floor: { evaluate: Math.floor, python: 'math.floor' },
  ceil: { evaluate: Math.ceil, python: 'math.ceil' },
  sin: { evaluate: Math.sin, python: 'math.sin' },
  cos: { evaluate: Math.cos, python: 'math.cos' },
  tan: { evaluate: Math.tan, python: 'math.tan' },
  exp: { evaluate: Math.exp, python: 'math.exp' },
  ln: { evaluate: Math.log, calculator: 'log', python: 'math.log' },
  log: { evaluate: Math.log10, calculator: 'log10', python: 'math.log10' },
}

export const constants: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E }
