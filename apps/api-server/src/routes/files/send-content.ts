import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'
import { setProcessingTime } from '@tandem/http'
import type { RemoteContent } from '@tandem/tools'

/** Strangers' bytes on our origin: saved, not shown; of no other type than said; and where shown after all, without rights. */
const safeHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'private, no-cache',
  'referrer-policy': 'no-referrer',
}

export async function sendContent(res: Response, { headers, body }: RemoteContent): Promise<void> {
  setProcessingTime(res)
  for (const [name, value] of Object.entries({ ...headers, ...safeHeaders }))
    res.setHeader(name, value)
  if (!headers['content-disposition']) res.setHeader('content-disposition', 'attachment')
  // Headers are out: whichever side breaks off, all that is left is to close the other, and the log tells of it.
  await pipeline(body, res).catch(() => res.destroy())
}
