import { z } from 'zod'
import { parseLooseJson } from '../arguments/loose-json.ts'
import { jsonParts } from './json-parts.ts'

const text = z.union([z.string(), z.number()]).transform(String)

/** What may be left out is left out where it is of a wrong type: it is worth no step. */
const draftStepSchema = z.object({
  id: text.optional().catch(undefined).describe('A short id, such as 1.'),
  task: z
    .string()
    .describe('What to do, in words that can be understood without the conversation.'),
  depends_on: z
    .preprocess(toIds, z.array(text))
    .optional()
    .describe('Ids of the steps whose results this one needs.'),
  tool_hint: z
    .string()
    .optional()
    .catch(undefined)
    .describe('The name of the tool that is likely to be needed.'),
  done_when: z.string().optional().catch(undefined).describe('How to tell that the step is done.'),
})
export type DraftStep = z.output<typeof draftStepSchema>

/** What a planner is asked for, and what `create_plan` takes. */
export const draftSchema = z.object({ steps: z.array(draftStepSchema).min(1) })

export const draftFormat = {
  type: 'json_schema',
  json_schema: {
    name: 'plan',
    schema: {
      type: 'object',
      properties: {
        steps: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              id: { type: 'string' },
              task: { type: 'string' },
              depends_on: { type: 'array', items: { type: 'string' } },
              tool_hint: { type: 'string' },
              done_when: { type: 'string' },
            },
            required: ['id', 'task', 'depends_on'],
          },
        },
      },
      required: ['steps'],
    },
  },
}

/** One id or several, however they are written. */
function toIds(value: unknown): unknown[] {
  const ids = typeof value === 'string' ? value.split(',').map((id) => id.trim()) : [value].flat()
  return ids.filter((id) => typeof id === 'string' || typeof id === 'number')
}

/** Names for a task; those that may stand beside it as its number or title come last. */
const taskKeys = ['task', 'description', 'action', 'instruction', 'step', 'title', 'name']

/** Steps as models write them: a bare text, or a task by another name. One that has none is told as it was written. */
const looseStepSchema = z.union([
  text.transform((task): DraftStep => ({ task })),
  z
    .looseObject({})
    .transform((step) => ({ ...step, task: taskOf(step) }))
    .pipe(draftStepSchema),
])

function taskOf(step: Record<string, unknown>): string {
  const texts = taskKeys.map((key) => step[key]).filter((value) => typeof value === 'string')
  return texts.find((task) => task.trim() !== '') ?? texts[0] ?? JSON.stringify(step)
}

const looseSteps = z.array(looseStepSchema)
const looseDraftSchema = z.union([
  looseSteps,
  z.looseObject({ steps: looseSteps }).transform(({ steps }) => steps),
  z.looseObject({ plan: looseSteps }).transform(({ plan }) => plan),
  z.looseObject({ tasks: looseSteps }).transform(({ tasks }) => tasks),
])

/** The steps in a planner's reply: JSON wherever it stands, else a list in plain text. Undefined where there is no plan. */
export function readDraft(reply: string): DraftStep[] | undefined {
  const said = reply.replace(/^[\s\S]*<\/think(?:ing)?>/, '')
  for (const json of jsonParts(said)) {
    const value = parseLooseJson(json)
    const draft = value.ok ? looseDraftSchema.safeParse(value.value) : undefined
    if (draft?.success) return draft.data
  }
  const items = [...said.matchAll(/^[ \t]*(?:\d{1,2}[.)]|[-*])[ \t]+(\S.*)$/gm)]
  const numbered = items.map(([, task = ''], index): DraftStep => ({
    id: String(index + 1),
    task: task.replaceAll('**', '').trim(),
    // A list in words is in order; what could be done side by side is not to be told from it.
    depends_on: index > 0 ? [String(index)] : [],
  }))
  return numbered.length > 0 ? numbered : undefined
}
