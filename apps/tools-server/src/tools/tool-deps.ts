/** What tools are made from; each takes what it needs. */
export interface ToolDeps {
  /** The tool's description for models. @throws Error when its file is missing. */
  describe: (name: string) => string
  /** Milliseconds since 1970. */
  now: () => number
}
