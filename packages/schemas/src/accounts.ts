/** Accounts and API keys on the wire. The rules for names and passwords hold wherever one is chosen. */
import { z } from 'zod'

/** What bcrypt can tell apart; more is refused, never cut. */
const maxPasswordBytes = 72
const minPasswordLength = 8

/** The rounds of bcrypt, as a power of two: part of every stored hash. */
export const passwordHashCost = 12

const roleSchema = z.enum(['admin', 'user'], { error: "choose 'user' or 'admin'" })

export const usernameSchema = z
  .string()
  .regex(/^[\p{L}\p{M}\p{N}._@-]{1,64}$/u, { error: 'use 1 to 64 letters, digits and . _ - @' })

/** Any password that can be checked. A login asks for no more, so that old passwords stay good. */
export const passwordSchema = z
  .string()
  .refine((password) => !password.includes('\0'), { error: 'a NUL character is not allowed' })
  .refine((password) => password.isWellFormed(), { error: 'this is not valid Unicode text' })
  .refine((password) => new TextEncoder().encode(password).length <= maxPasswordBytes, {
    error: `more than ${maxPasswordBytes} bytes (in UTF-8) are not allowed`,
  })

/** A password that is being chosen. */
export const newPasswordSchema = passwordSchema.refine(
  (password) => Array.from(password).length >= minPasswordLength,
  { error: `give at least ${minPasswordLength} characters` },
)

/** `POST /api/auth/signup`. Nobody chooses their own role; clients that send the only one there is may do so. */
export const signupRequestSchema = z.object({
  username: usernameSchema,
  password: newPasswordSchema,
  role: z
    .literal('user', { error: "a sign-up cannot choose its role: leave it out, or send 'user'" })
    .nullish(),
})

/** `POST /api/auth/login` */
export const loginRequestSchema = z.object({
  username: z.string().max(256, { error: 'no name is that long' }),
  password: passwordSchema,
})

/** `POST /api/auth/password` */
export const passwordChangeSchema = z.object({
  current_password: passwordSchema,
  new_password: newPasswordSchema,
})

/** `POST /api/users` */
export const newUserRequestSchema = z.object({
  username: usernameSchema,
  password: newPasswordSchema,
  role: roleSchema.nullish(),
})

/** `PATCH /api/users/{id}`. A misspelt field must not pass for a change that was made. */
export const userPatchSchema = z
  .strictObject({
    disabled: z.boolean().nullish(),
    role: roleSchema.nullish(),
    password: newPasswordSchema.nullish(),
  })
  .refine((patch) => Object.values(patch).some((value) => value != null), {
    error: 'Nothing to change: give disabled, role or password',
  })

/** `POST /api/keys`; strict, as a key whose `expires_at` is misspelt would never expire. */
export const newKeyRequestSchema = z.strictObject({
  name: z.string().trim().min(1).max(100).nullish(),
  expires_at: z.iso
    .datetime({ offset: true, error: 'give a time such as 2027-01-31T12:00:00Z' })
    .nullish(),
})

const timeSchema = z.iso.datetime()

export const loginAnswerSchema = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.int(),
})
export type LoginAnswer = z.infer<typeof loginAnswerSchema>

export const accountSchema = z.object({
  id: z.string(),
  username: z.string(),
  role: roleSchema,
  disabled: z.boolean(),
  created_at: timeSchema,
})
export type Account = z.infer<typeof accountSchema>

export const accountListSchema = z.object({
  users: z.array(accountSchema),
  next_cursor: z.string().nullable(),
})

export const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  created_at: timeSchema,
  expires_at: timeSchema.nullable(),
  last_used_at: timeSchema.nullable(),
})
export type Key = z.infer<typeof keySchema>

export const keyListSchema = z.object({ keys: z.array(keySchema) })

/** The only answer that ever holds the key itself. */
export const newKeySchema = keySchema.extend({ key: z.string() })

export const deletedSchema = z.object({ id: z.string(), deleted: z.literal(true) })

/** What the main API tells its supervisor when it made the first administrator: a text to be shown once, and the key. */
export const firstAdminMessageSchema = z.object({
  type: z.literal('first-admin'),
  text: z.string(),
  /** Null where the operator gave it, who knows it. */
  apiKey: z.string().nullable(),
})
export type FirstAdminMessage = z.infer<typeof firstAdminMessageSchema>
