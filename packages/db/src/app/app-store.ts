/** What every table's queries are given. */
import type { Store } from '../sqlite/store.ts'

export interface AppStore extends Store {
  /** Milliseconds since 1970, as every time in this database. */
  now(): number
  /** A public id, `user_…`; unguessable, so that it may also serve as a token. */
  newId(prefix: string): string
}
