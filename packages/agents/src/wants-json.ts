import type { ModelRequest } from '@tandem/providers'

/** Whether the answer is for a program that parses it: then nothing may stand beside it. */
export function wantsJson({ responseFormat }: Pick<ModelRequest, 'responseFormat'>): boolean {
  return responseFormat?.type === 'json_object' || responseFormat?.type === 'json_schema'
}
