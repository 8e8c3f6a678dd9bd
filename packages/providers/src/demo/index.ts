export { createDemoProvider, type DemoOptions } from './provider.ts'
