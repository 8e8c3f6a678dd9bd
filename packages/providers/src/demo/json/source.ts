import type { PlanTask } from './plan.ts'
import type { Schema } from './schema.ts'

/** What there is to fill a schema from. */
export interface Source {
  /** What was said. */
  text: string
  /** What the rules would say to it. */
  answer: string
  /** The number that answers it. */
  number?: number | undefined
  /** What it is about. */
  topic: string
  /** Values that are known already, by property of the outermost object. */
  known?: ReadonlyMap<string, unknown>
  /** Whether properties are filled too that are neither required nor said. */
  optional: boolean
}

/** Where in the value we are. */
export interface Place {
  name: string
  depth: number
  /** Of the item in its list, or of the number among its neighbours. */
  index: number
  /** The step of a plan that this place describes. */
  task?: PlanTask
}

export interface Filling {
  root: Schema
  source: Source
  /** How much may still be resolved: schemas that branch into themselves would never end. */
  work: number
}
