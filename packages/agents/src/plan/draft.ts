import { z } from 'zod'
import { parseLooseJson } from '../arguments/loose-json.ts'
import { objectEnd } from '../prompted/raw-calls.ts'

const text = z.union([z.string(), z.number()]).transform(String)

const draftStepSchema = z.object({
  id: text.describe('A short id, such as 1.').optional(),
  task: z
    .string()
    .describe('What to do, in words that can be understood without the conversation.'),
  depends_on: z.array(text).describe('Ids of the steps whose results this one needs.').optional(),
  tool_hint: z.string().nullish().describe('The name of the tool that is likely to be needed.'),
  done_when: z.string().nullish().describe('How to tell that the step is done.'),
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

/** Steps as models write them: a bare text, or a task by another name. */
const looseStepSchema = z.union([
  z.string().transform((task): DraftStep => ({ task })),
  draftStepSchema,
  z
    .looseObject({
      title: z.string().optional(),
      step: z.string().optional(),
      description: z.string().optional(),
    })
    .transform(({ title, step, description }): DraftStep => ({
      task: description ?? step ?? title ?? '',
    })),
])
const looseSteps = z.array(looseStepSchema)
const looseDraftSchema = z.union([
  looseSteps,
  z.looseObject({ steps: looseSteps }).transform(({ steps }) => steps),
  z.looseObject({ plan: looseSteps }).transform(({ plan }) => plan),
  z.looseObject({ tasks: looseSteps }).transform(({ tasks }) => tasks),
])

/** The steps in a planner's reply: JSON wherever it stands, else a list in plain text. Undefined where there is no plan. */
export function readDraft(reply: string): DraftStep[] | undefined {
  for (const json of jsonParts(reply)) {
    const value = parseLooseJson(json)
    const draft = value.ok ? looseDraftSchema.safeParse(value.value) : undefined
    if (draft?.success) return draft.data
  }
  const items = [...reply.matchAll(/^[ \t]*(?:\d{1,2}[.)]|[-*])[ \t]+(\S.*)$/gm)]
  const numbered = items.map(([, task = ''], index): DraftStep => ({
    id: String(index + 1),
    task: task.replaceAll('**', '').trim(),
    // A list in words is in order; what could be done side by side is not to be told from it.
    depends_on: index > 0 ? [String(index)] : [],
  }))
  return numbered.length > 0 ? numbered : undefined
}

function jsonParts(reply: string): string[] {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(reply)?.[1]
  const start = reply.search(/[{[]/)
  const rest = start === -1 ? '' : reply.slice(start)
  const end = objectEnd(rest)
  return [reply, fenced ?? '', end === -1 ? rest : rest.slice(0, end)].filter((part) =>
    /^\s*[{[]/.test(part),
  )
}
