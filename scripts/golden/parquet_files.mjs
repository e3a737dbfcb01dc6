// Writes the Parquet files of ParquetTest and of the command line's TableFormatsTest, by two writers that nobody here wrote: Rust's `parquet` (npm parquet-wasm
// 0.8.0, with apache-arrow) and npm hyparquet-writer 0.17.0.
//
//   npm i parquet-wasm@0.8.0 apache-arrow hyparquet-writer@0.17.0 && node parquet_files.mjs DIRECTORY
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as arrow from 'apache-arrow'
import * as rust from 'parquet-wasm'
import { ByteWriter, parquetWrite } from 'hyparquet-writer'

const directory = process.argv[2] ?? '.'
const rows = 60
const all = make => Array.from({ length: rows }, (_, i) => make(i))
const START = Date.UTC(2026, 10, 26, 8, 30, 15)
const names = ['red', 'green', 'blue']

const values = {
  whole: all(i => (i % 5 === 3 ? null : i * 1000 - 7)),
  large: all(i => BigInt(i) * 1234567n),
  byte: all(i => 250 - i),
  single: all(i => (i % 7 === 2 ? null : Math.fround(i / 8 - 3))),
  real: all(i => i / 7),
  flag: all(i => (i % 11 === 0 ? null : i % 3 === 0)),
  name: all(i => (i % 4 === 1 ? null : names[i % 3])),
  code: all(i => `code-${String(i * 37).padStart(5, '0')}-é`),
  day: all(i => new Date(Date.UTC(2026, 0, 1) + i * 86400000)),
  at: all(i => new Date(START + i * 60000 + (i % 2) * 250)),
}

function arrowTable() {
  const types = {
    whole: new arrow.Int32(),
    large: new arrow.Int64(),
    byte: new arrow.Uint8(),
    single: new arrow.Float32(),
    real: new arrow.Float64(),
    flag: new arrow.Bool(),
    name: new arrow.Utf8(),
    code: new arrow.Utf8(),
    day: new arrow.DateDay(),
    at: new arrow.TimestampMicrosecond('UTC'),
    local: new arrow.TimestampMillisecond(),
    price: new arrow.Decimal(2, 9, 128),
  }
  const columns = {}
  for (const [name, type] of Object.entries(types)) {
    const source = name === 'local' ? values.at : values[name]
    columns[name] = name === 'price'
      ? arrow.vectorFromArray(all(i => new Uint32Array([i * 125 + 5, 0, 0, 0])), type)
      : arrow.vectorFromArray(source, type)
  }
  return new arrow.Table(columns)
}

function byRust(file, set) {
  const ipc = arrow.tableToIPC(arrowTable(), 'stream')
  const builder = new rust.WriterPropertiesBuilder().setStatisticsEnabled(rust.EnabledStatistics.None)
  writeFileSync(join(directory, file), rust.writeParquet(rust.Table.fromIPCStream(ipc), set(builder).build()))
}

byRust('snappy.parquet', it => it.setCompression(rust.Compression.SNAPPY).setMaxRowGroupSize(25))
byRust('gzip-2.parquet', it =>
  it.setCompression(rust.Compression.GZIP).setWriterVersion(rust.WriterVersion.V2).setDictionaryEnabled(false))
byRust('delta.parquet', it =>
  it
    .setCompression(rust.Compression.LZ4_RAW)
    .setDictionaryEnabled(false)
    .setColumnEncoding('whole', rust.Encoding.DELTA_BINARY_PACKED)
    .setColumnEncoding('large', rust.Encoding.DELTA_BINARY_PACKED)
    .setColumnEncoding('name', rust.Encoding.DELTA_LENGTH_BYTE_ARRAY)
    .setColumnEncoding('code', rust.Encoding.DELTA_BYTE_ARRAY)
    .setColumnEncoding('single', rust.Encoding.BYTE_STREAM_SPLIT)
    .setColumnEncoding('real', rust.Encoding.BYTE_STREAM_SPLIT)
    .setColumnEncoding('flag', rust.Encoding.RLE))
byRust('plain.parquet', it =>
  it.setCompression(rust.Compression.UNCOMPRESSED).setDictionaryEnabled(false).setWriteBatchSize(8).setDataPageSizeLimit(64))
byRust('zstd.parquet', it => it.setCompression(rust.Compression.ZSTD))

function byJs(file, columnData, schema) {
  const writer = new ByteWriter()
  parquetWrite({ writer, columnData, ...(schema ? { schema } : {}) })
  writeFileSync(join(directory, file), Buffer.from(writer.getBuffer()))
}

byJs(
  'js.parquet',
  [
    { name: 'whole', data: values.whole },
    { name: 'unsigned', data: all(i => 4000000000 + i) },
    { name: 'half', data: all(i => i / 2) },
    { name: 'price', data: all(i => i * 1.25 + 0.05) },
    { name: 'id', data: all(i => `00000000-0000-0000-0000-0000000000${String(i + 10)}`) },
    { name: 'day', data: values.day },
    { name: 'at', data: values.at },
    { name: 'flag', data: values.flag },
    { name: 'name', data: values.name },
  ],
  [
    { name: 'root', num_children: 9 },
    { name: 'whole', type: 'INT32', repetition_type: 'OPTIONAL' },
    { name: 'unsigned', type: 'INT32', converted_type: 'UINT_32', repetition_type: 'REQUIRED' },
    { name: 'half', type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' }, repetition_type: 'REQUIRED' },
    { name: 'price', type: 'FIXED_LEN_BYTE_ARRAY', type_length: 5, converted_type: 'DECIMAL', scale: 2, precision: 9, repetition_type: 'REQUIRED' },
    { name: 'id', type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' }, repetition_type: 'REQUIRED' },
    { name: 'day', type: 'INT32', converted_type: 'DATE', repetition_type: 'REQUIRED' },
    { name: 'at', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'REQUIRED' },
    { name: 'flag', type: 'BOOLEAN', repetition_type: 'OPTIONAL' },
    { name: 'name', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  ],
)
byJs(
  'nested.parquet',
  [
    { name: 'weight', data: [1.5, 2.5, 3.5] },
    { name: 'tags', data: [['a', 'b'], [], ['c']] },
    { name: 'kind', data: ['x', 'y', 'x'] },
  ],
  [
    { name: 'root', num_children: 3 },
    { name: 'weight', type: 'DOUBLE', repetition_type: 'REQUIRED' },
    { name: 'tags', converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    { name: 'kind', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  ],
)

// For the command line's TableFormatsTest.
const fruit = Array.from({ length: 80 }, (_, i) => ((i * 37) % 101) / 4)
byJs('fruit.parquet', [
  { name: 'weight', data: fruit, type: 'DOUBLE' },
  { name: 'color', data: fruit.map((_, i) => names[i % 3]), type: 'STRING' },
  { name: 'count', data: fruit.map((_, i) => i % 7), type: 'INT32' },
  { name: 'kind', data: fruit.map(weight => (weight > 12 ? 'apple' : 'cherry')), type: 'STRING' },
])
