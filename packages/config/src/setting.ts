import type { z } from 'zod'

/** One environment variable: how it is read, what it is for, and what holds when it is not set. */
export interface Setting<T> {
  readonly name: string
  readonly doc: string
  /** As it would be written in the environment. */
  readonly default: string | undefined
  /** Shown instead of the default where that depends on other settings. */
  readonly defaultDoc: string | undefined
  /** Internal settings pass between our own processes and are not documented to users. */
  readonly internal: boolean
  /** Takes the text, or undefined when the variable is not set. */
  readonly schema: z.ZodType<T, string | undefined>
}

export type SettingsTable = Readonly<Record<string, Setting<unknown>>>

export type ValuesOf<Table extends SettingsTable> = {
  [Key in keyof Table]: Table[Key] extends Setting<infer Value> ? Value : never
}

interface SettingOptions {
  doc: string
  default?: string
  defaultDoc?: string
  internal?: boolean
}

/** A setting of the given kind (see kinds.ts); without a default its value may be undefined. */
export function setting<T>(
  name: string,
  kind: z.ZodType<T, string>,
  options: SettingOptions & { default: string },
): Setting<T>
export function setting<T>(
  name: string,
  kind: z.ZodType<T, string>,
  options: SettingOptions,
): Setting<T | undefined>
export function setting<T>(
  name: string,
  kind: z.ZodType<T, string>,
  options: SettingOptions,
): Setting<T | undefined> {
  const schema = options.default === undefined ? kind.optional() : kind.prefault(options.default)
  return {
    name,
    doc: options.doc,
    default: options.default,
    defaultDoc: options.defaultDoc,
    internal: options.internal ?? false,
    schema,
  }
}
