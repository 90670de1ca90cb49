// Prices the published cases, read from stdin, with @pydantic/genai-prices. The
// counts come disjoint; it wants them nested, and knows no tier, speed or region.
import { calcPrice } from '@pydantic/genai-prices'
import { readFileSync } from 'node:fs'

const providers = { bedrock: 'aws', xai: 'x-ai' }

function nested(u) {
  const n = (...meters) => meters.reduce((sum, m) => sum + (u[m] ?? 0), 0)
  const usage = {
    input_tokens: n('input', 'cache_read', 'cache_write_5m', 'cache_write_30m', 'cache_write_1h', 'cache_write_12h', 'image_input', 'image_cache_read'),
    cache_read_tokens: n('cache_read', 'image_cache_read'),
    cache_write_tokens: n('cache_write_5m', 'cache_write_30m', 'cache_write_1h', 'cache_write_12h'),
    cache_write_5m_tokens: n('cache_write_5m'),
    cache_write_1h_tokens: n('cache_write_1h'),
    input_image_tokens: n('image_input', 'image_cache_read'),
    cache_image_read_tokens: n('image_cache_read'),
    output_tokens: n('output', 'reasoning'),
    output_reasoning_tokens: n('reasoning'),
    web_searches: n('web_searches'),
    storage_searches: n('file_searches'),
    container_ms: n('container_ms'),
    compute_ms: n('compute_ms'),
  }
  // What is zero is left out, so that only what is in use can be refused.
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => count > 0))
}

const answers = JSON.parse(readFileSync(0, 'utf8')).map((c) => {
  try {
    const options = { providerId: providers[c.provider] ?? c.provider, timestamp: new Date(c.at) }
    return calcPrice(nested(c.usage), c.model, options)?.total_price ?? null
  } catch {
    return null
  }
})
console.log(JSON.stringify(answers))
