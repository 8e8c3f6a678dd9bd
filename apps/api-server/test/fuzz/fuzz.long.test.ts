import { describeFuzz } from './fuzz-routes.ts'

describeFuzz(1)
