import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { createReactAgent } from '@langchain/langgraph/prebuilt'
import {
  add,
  betweenText,
  cancellable,
  finalText,
  question,
  scripted,
  toolDescription,
  toolName,
  toolSchema,
  type Engine,
} from '../task.ts'

/** LangChain's models are classes. */
class ScriptedModel extends BaseChatModel {
  private asked = 0

  constructor() {
    super({})
  }
  override _llmType(): string {
    return 'scripted'
  }
  override bindTools(): this {
    return this
  }
  override async _generate() {
    this.asked += 1
    const call = scripted(this.asked)
    const text = call ? betweenText : finalText
    const toolCalls = call ? [{ name: toolName, args: call.arguments, id: call.id }] : []
    const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }
    const message = new AIMessage({ content: text, tool_calls: toolCalls, usage_metadata: usage })
    return { generations: [{ text, message }] }
  }
}

export function createEngine(): Engine {
  let calls = 0
  const addTool = tool(
    async (args) => {
      calls += 1
      return add(args)
    },
    { name: toolName, description: toolDescription, schema: toolSchema },
  )
  return {
    toolCalls: () => calls,
    async runOnce() {
      const agent = createReactAgent({ llm: new ScriptedModel(), tools: [addTool] })
      const input = { messages: [{ role: 'user', content: question }] }
      const { messages } = await agent.invoke(input, { recursionLimit: 200, signal: cancellable() })
      return messages.at(-1)?.text ?? ''
    },
  }
}
