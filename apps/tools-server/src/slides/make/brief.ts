import type { Bibliography } from './bibliography.ts'
import type { PassageChoice } from './choose-passages.ts'
import type { Evidence } from './evidence.ts'
import type { Passage } from './passages.ts'
import type { Picture } from './prompt-text.ts'

/** All that is known before the first question to a model. */
export interface Brief {
  instruction: string
  /** How many slides the deck shall have in all. */
  slides: number | undefined
  /** Whether a title slide is put before the planned ones. */
  hasTitle: boolean
  /** Whether references are put behind them. */
  hasReferences: boolean
  language: string | undefined
  /** `2026-11-21` */
  today: string
  passages: readonly Passage[]
  evidence: Evidence
  choice: PassageChoice
  bibliography: Bibliography
  pictures: readonly Picture[]
}
