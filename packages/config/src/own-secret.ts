/** Secrets of our own: long enough to withstand guessing, and none out of somebody's documentation. */
import { z } from 'zod'

const remedy = 'make one with: openssl rand -hex 32, or leave it unset to have one made'

const wellKnown = `this is a well-known or trivial value; ${remedy}`

const placeholder =
  /change[-_ ]?(me|this|in[-_ ]prod)|^(your|my|super|dev|test|default|example)[-_ ]?(secret|jwt|api|key|password|service)|^(secret|password)/i

/** What only people write: a random text of 43 letters holds one of these once in ten million. */
const words =
  /secret|password|passphrase|changeme|change[-_]|example|insecure|default|replace|placeholder|todo[-_]/i

/** Random once, but printed in tutorials that thousands have copied. */
const published = new Set([
  // The security tutorial of FastAPI.
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
  // Tutorials on Spring Boot and JWT.
  '404e635266556a586e3272357538782f413f4428472b4b6250645367566b5970',
  '413f4428472b4b6250655368566d5970337336763979244226452948404d6351',
  '357638792f423f4428472b4b6250655368566d597133743677397a2443264629',
])

/** Checked in this order; the first that fails is told. The value itself is never repeated. */
export function ownSecret({ minLength }: { minLength: number }): z.ZodType<string, string> {
  return z
    .string()
    .regex(/^[\u0021-\u007e]+$/, {
      error: 'use printable ASCII characters without spaces',
      abort: true,
    })
    .min(minLength, {
      error: `too short, at least ${minLength} characters are needed; ${remedy}`,
      abort: true,
    })
    .refine((value) => !placeholder.test(value) && new Set(value).size > 4, {
      error: wellKnown,
      abort: true,
    })
}

/** A secret that signs: whoever guesses it is anyone they like, so it must look random. */
export const signingSecret = ownSecret({ minLength: 32 }).refine(
  (value) => !words.test(value) && !published.has(value.toLowerCase()) && !isRegular(value),
  { error: wellKnown },
)

/** One piece again and again, or mostly letters that follow each other: `0123…`, `abcd…`. */
function isRegular(value: string): boolean {
  const codes = Array.from(value, (letter) => letter.charCodeAt(0))
  const steps = codes.filter((code, at) => Math.abs(code - (codes[at - 1] ?? -9)) <= 1).length
  return /^(.+?)\1+$/.test(value) || steps > value.length / 2
}
