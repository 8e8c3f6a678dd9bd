export type CalculationCode = 'invalid_expression' | 'math_error' | 'limit_exceeded'

/** An expression that is not evaluated; the message tells a model what to write instead. */
export class CalculationError extends Error {
  override readonly name = 'CalculationError'
  readonly code: CalculationCode

  constructor(code: CalculationCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
