/** Links to files that open in a browser without a key, for a while: whom the file belongs to is signed, not asked. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '@tandem/schemas'

export interface FileLink {
  url: string
  /** Seconds since 1970. */
  expires_at: number
}

export interface LinkedFile {
  id: string
  name: string
}

export interface FileLinks {
  create(owner: string, file: LinkedFile): FileLink
  /** The owner that the query names. @throws AppError `link_expired` where it was not signed here, or is over */
  verify(id: string, query: unknown): string
}

export interface FileLinksOptions {
  /** Under which users reach this server. */
  publicUrl: string
  /** Of the two servers: the tools server holds the files anyway. The key is made from it. */
  serviceSecret: string
  hours: number
  now: () => number
}

const querySchema = z.object({
  owner: z.string().min(1).max(200),
  expires: z.string().regex(/^\d{1,12}$/),
  signature: z.string().max(100),
})

export function createFileLinks(options: FileLinksOptions): FileLinks {
  const { publicUrl, serviceSecret, hours, now } = options
  const key = Buffer.from(hkdfSync('sha256', serviceSecret, '', 'tandem file links', 32))
  const sign = (...parts: string[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url')
  return {
    create(owner, { id, name }) {
      const expiresAt = Math.floor(now() / 1000 + hours * 3600)
      const expires = String(expiresAt)
      const signature = sign(owner, id, expires)
      const query = new URLSearchParams({ owner, expires, signature })
      const path = `/files/${encodeURIComponent(id)}/${encodeURIComponent(name.toWellFormed())}`
      return { url: `${publicUrl}${path}?${query.toString()}`, expires_at: expiresAt }
    },
    verify(id, query) {
      const parsed = querySchema.safeParse(query)
      if (!parsed.success) throw new AppError('link_expired')
      const { owner, expires, signature } = parsed.data
      const expected = sign(owner, id, expires)
      if (!isSame(signature, expected) || Number(expires) * 1000 <= now())
        throw new AppError('link_expired')
      return owner
    },
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
