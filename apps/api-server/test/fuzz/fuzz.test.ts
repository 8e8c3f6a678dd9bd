import { describeFuzz } from './fuzz-routes.ts'

describeFuzz(3)
