import type { Conversation } from '../conversation.ts'

/** Answers a text in its conversation, or leaves it to the next rule. */
export type Rule = (text: string, conversation: Conversation) => string | undefined
