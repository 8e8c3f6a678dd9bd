import { textOf } from '@tandem/schemas'
import { lastUserMessage } from './system-message.ts'
import type { RunState } from './run-state.ts'

export interface Rule {
  agent: 'chat' | 'react' | 'plan_execute'
  /** A sentence that says why; the run reports it. */
  why: string
}

const listItem = /^[ \t]*(?:\d{1,2}[.)]|[-*•])[ \t]+\S/gm
const sequence = /\b(?:and then|then|after that|afterwards|next|finally)\b/gi
const asksForPlan =
  /\b(?:make|create|write|draw up|follow) (?:me )?(?:a|the|your) (?:\w+ )?plan\b|\bplan and (?:execute|carry out)\b|\bstep[- ]by[- ]step plan\b/i
const needsTool =
  /https?:\/\/|\b(?:latest|today|tomorrow|yesterday|current(?:ly)?|right now|this week|news|search|look up|calculate|compute|plot|chart|run|execute|python|uploaded|attached|slides|presentation)\b/i

/** What can be told without asking a model; undefined where it cannot. */
export function ruleFor(state: RunState): Rule | undefined {
  const { model, request } = state.run
  if (state.tools.length + state.callerTools.length === 0) {
    return { agent: 'chat', why: 'There are no tools to use.' }
  }
  if (state.deps.toolModes.modeOf(model) === 'none') {
    return { agent: 'chat', why: 'The model cannot use tools.' }
  }
  const content = lastUserMessage(request.messages)?.content
  const text = textOf(content).slice(0, 20_000)
  if (asksForPlan.test(text)) return { agent: 'plan_execute', why: 'The request asks for a plan.' }
  const things = text.match(listItem)?.length ?? 0
  const turns = text.match(sequence)?.length ?? 0
  if (things >= 3 || turns >= 3) {
    return {
      agent: 'plan_execute',
      why: `The request names ${Math.max(things, turns)} things to do.`,
    }
  }
  if (Array.isArray(content) && content.some(({ type }) => type === 'file')) {
    return { agent: 'react', why: 'The request comes with files.' }
  }
  const word = needsTool.exec(text)?.[0]
  return word === undefined ? undefined : { agent: 'react', why: `The request says “${word}”.` }
}
