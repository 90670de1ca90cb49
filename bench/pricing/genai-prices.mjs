// Times @pydantic/genai-prices on the call of peers_test.go: date and step, as
// it knows neither batch nor US inference. input_tokens contains the cache's.
import { calcPrice } from '@pydantic/genai-prices'

const usage = { input_tokens: 254300, cache_read_tokens: 250000, cache_write_tokens: 3100, output_tokens: 900 }
const options = { providerId: 'anthropic', timestamp: new Date('2026-03-01T12:00:00Z') }

const n = 200
let total = 0
const samples = []
for (let round = 0; round < 250; round++) {
  const start = process.hrtime.bigint()
  for (let i = 0; i < n; i++) total = calcPrice(usage, 'claude-opus-4-6', options).total_price
  if (round >= 50) samples.push(Number(process.hrtime.bigint() - start) / n) // the first ones warm up
}
console.log(JSON.stringify({ total, samples }))
