/** What every table's queries are given. */
import type { Store } from '../sqlite/store.ts'

export interface ToolsStore extends Store {
  /** Milliseconds since 1970, as every time in this database. */
  now(): number
}
