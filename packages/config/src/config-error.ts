/** One thing that is wrong with one setting. `message` says what to do and never holds a secret. */
export interface ConfigProblem {
  /** The environment variable, or the file, at fault. */
  setting: string
  message: string
}

/** The configuration cannot be used. `message` has one line for each bad setting, fit to be printed as it is. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]
  /** What the process ends with, by convention the code for bad usage. */
  readonly exitCode = 2

  constructor(problems: readonly ConfigProblem[], options: { cause?: unknown } = {}) {
    super(problems.map(({ setting, message }) => `${setting}: ${message}`).join('\n'), options)
    this.problems = problems
  }
}
