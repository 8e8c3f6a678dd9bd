import { describe, expect, it } from '@jest/globals'
import { nearNames } from './near-names.ts'

const names = [
  'ollama/llama3.2:3b',
  'ollama/qwen2.5:14b',
  'openai/gpt-4o-mini',
  'openai/gpt-4o',
  'demo/assistant',
]

describe('nearNames', () => {
  it.each([
    ['ollama/llama3.2', ['ollama/llama3.2:3b']],
    ['ollama/lama3.2:3b', ['ollama/llama3.2:3b']],
    ['openai/gpt4o', ['openai/gpt-4o']],
    ['gpt-4o-mni', ['openai/gpt-4o-mini', 'openai/gpt-4o']],
    ['demo/assistent', ['demo/assistant']],
    ['ollama/qwen', ['ollama/qwen2.5:14b']],
    ['OpenAI/GPT-4o', ['openai/gpt-4o', 'openai/gpt-4o-mini']],
    ['anthropic/claude', []],
    ['x', []],
  ])('%s', (asked, near) => {
    expect(nearNames(asked, names)).toEqual(near)
  })

  it('tells three at most, the nearest first', () => {
    const many = ['p/model-a', 'p/model-bb', 'p/model-c', 'p/model']
    expect(nearNames('p/model', many)).toHaveLength(3)
    expect(nearNames('p/model', many)[0]).toBe('p/model')
  })
})
