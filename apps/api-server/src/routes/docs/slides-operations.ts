/** Slides in the OpenAPI document. */
import type { EndpointKey } from '../endpoints.ts'
import { makeSlidesSchema, slidesAnswerSchema } from '../slides/make-slides.ts'
import type { Operation } from './operation.ts'

export const slidesOperations = {
  'POST /api/slides': {
    request: {
      schema: makeSlidesSchema.meta({ id: 'SlidesRequest' }),
      example: {
        model: 'demo/assistant',
        instruction: 'Create a 5-slide presentation about machine learning basics',
        formats: ['pptx', 'pdf'],
      },
    },
    response: slidesAnswerSchema.meta({ id: 'Slides' }),
    streams: true,
  },
} as const satisfies Partial<Record<EndpointKey, Operation>>
