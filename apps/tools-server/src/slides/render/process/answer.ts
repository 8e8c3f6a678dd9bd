/** What passes between the server and the process that draws. */
import type { ErrorCode } from '@tandem/schemas'
import type { Rendered } from '../render-all.ts'

export type Answer =
  | { rendered: Rendered }
  | {
      error: {
        code: ErrorCode
        message: string
        param: string | undefined
        why: string | undefined
      }
    }
