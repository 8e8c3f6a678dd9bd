import { textOf, type Message } from '@tandem/schemas'
import { readAttachments, withoutBlock, type AttachedFile } from './attachments.ts'
import { imagesOf } from './images.ts'
import type { SkillName } from './tools/skills.ts'

/** A tool call that came back, with what the tool said. */
export interface Outcome {
  name: string
  arguments: string
  content: string
}

/** The messages as the rules read them. */
export interface Conversation {
  /** All system and developer messages. */
  system: string
  /** What the user said, oldest first, `ask` being the last. */
  said: string[]
  /** What the user wants now. */
  ask: string
  /** The addresses of the images that came with `ask`. */
  images: string[]
  /** The files that the conversation knows. */
  files: AttachedFile[]
  /** What was answered last: "it" and "that" mean the number in there. */
  previous: string
  /** Since the user spoke last, in order. */
  outcomes: Outcome[]
  /** What the tools that came with the request are good for. */
  offered: readonly SkillName[]
}

export function readConversation(
  all: readonly Message[],
  offered: readonly SkillName[] = [],
): Conversation {
  const messages = all.filter((_, index) => !isNote(all, index))
  const textsOf = (...roles: Message['role'][]): string[] =>
    messages
      .filter(({ role }) => roles.includes(role))
      .map(({ content }) => withoutBlock(textOf(content)).trim())
      .filter(Boolean)
  const lastUser = messages.findLastIndex(({ role }) => role === 'user')
  const latest = messages[lastUser]
  return {
    system: textsOf('system', 'developer').join('\n'),
    said: textsOf('user'),
    ask: withoutBlock(textOf(latest?.content)).trim(),
    files: readAttachments(
      messages.filter(({ role }) => role === 'user').map(({ content }) => textOf(content)),
    ),
    images: imagesOf(latest?.content),
    previous: textsOf('assistant').at(-1) ?? '',
    outcomes: readOutcomes(messages.slice(lastUser + 1)),
    offered,
  }
}

/** Users speak after an answer; what comes right after a result is a word of whoever runs the tools, such as "answer now". */
function isNote(messages: readonly Message[], index: number): boolean {
  const before = messages[index - 1]?.role
  return messages[index]?.role === 'user' && (before === 'tool' || before === 'function')
}

function readOutcomes(messages: readonly Message[]): Outcome[] {
  const calls = new Map(
    messages.flatMap((message) => message.tool_calls ?? []).map((call) => [call.id, call.function]),
  )
  return messages
    .filter(({ role }) => role === 'tool' || role === 'function')
    .map((message) => {
      const call = calls.get(message.tool_call_id ?? '')
      return {
        name: call?.name ?? message.name ?? 'tool',
        arguments: call?.arguments ?? '{}',
        content: textOf(message.content).trim(),
      }
    })
}
