/** A way from the load generator to the fake upstream, running. */
export interface Variant {
  port: number
  key: string
  model: string
  /** The process whose CPU counts; undefined when there is none between the two. */
  pid: number | undefined
  /** Rejects when the process dies. */
  ended: Promise<never> | undefined
  stop(): Promise<void>
}

export interface VariantOptions {
  upstreamPort: number
  core: number | undefined
  nodeArgs: string[]
}

export type StartVariant = (options: VariantOptions) => Promise<Variant>
