/** What is wrong with a document. The server makes an AppError of it: the parser loads as little as it can, to start soon. */
import type { ErrorCode } from '@tandem/schemas'

export type FaultCode = Extract<ErrorCode, `document_${string}`>

export class DocumentFault extends Error {
  override readonly name = 'DocumentFault'
  readonly code: FaultCode

  constructor(code: FaultCode, options: { message?: string; cause?: unknown } = {}) {
    super(options.message ?? '', { cause: options.cause })
    this.code = code
  }
}
