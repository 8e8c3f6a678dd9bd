import { z } from 'zod'

export const principalSchema = z.object({
  userId: z.string(),
  role: z.enum(['admin', 'user']),
  keyId: z.string().optional(),
  tenantId: z.string().optional(),
})
/** Who asks. Every query of an owned thing takes it. */
export type Principal = z.infer<typeof principalSchema>
