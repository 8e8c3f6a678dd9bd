/** An example of a plugin: copied into the folder above, it is a tool. The README there says how. */
import type { PluginKit, Tool } from '@tandem/tools'

const traits = { readOnly: true, parallelSafe: true, idempotent: false, timeoutMs: 2_000 }

export function createTools({ defineTool, textResult, z }: PluginKit): Tool {
  return defineTool({
    name: 'roll_dice',
    description: 'Rolls dice and gives each number that came up, and their sum.',
    schema: z.object({
      count: z.number().int().min(1).max(100).default(1).describe('How many dice.'),
      sides: z.number().int().min(2).max(1000).default(6).describe('Sides of each.'),
    }),
    traits,
    run({ count, sides }) {
      const rolls = Array.from({ length: count }, () => 1 + Math.floor(Math.random() * sides))
      const sum = rolls.reduce((total, roll) => total + roll, 0)
      return textResult(`Rolled ${rolls.join(', ')}: ${sum} in all.`, { data: { rolls, sum } })
    },
  })
}
