// Rows of a table as people paste them: CSV, tab-separated cells of a spreadsheet, or JSON.

/** Splits a line at a separator, outside of quotes. @param {string} line @param {string} separator @returns {string[]} */
function cells(line, separator) {
  const found = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (c === '"' && quoted && line[i + 1] === '"') { cell += '"'; i++; }
    else if (c === '"') quoted = !quoted;
    else if (c === separator && !quoted) { found.push(cell.trim()); cell = ''; }
    else cell += c;
  }
  found.push(cell.trim());
  return found;
}

/**
 * Reads rows.
 * @param {string} pasted JSON, or lines with cells between commas, semicolons or tabs. If the first line has names of columns, they may be in
 * any order
 * @param {string[]} columns the names, in the order of cells without names
 * @returns {Record<string, string>[]}
 * @throws Error for what is no table
 */
export function parseRows(pasted, columns) {
  const trimmed = pasted.trim();
  if (trimmed === '') return [];
  if (trimmed.startsWith('[')) return fromJson(trimmed, columns);
  const lines = trimmed.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const separator = ['\t', ';', ','].find((each) => lines[0].includes(each)) ?? ',';
  const first = cells(lines[0], separator);
  const named = first.some((cell) => columns.includes(cell));
  const names = named ? first : columns;
  return lines.slice(named ? 1 : 0).map((line, i) => {
    const row = cells(line, separator);
    if (row.length !== names.length) throw new Error(`Row ${i + 1}: expects ${names.length} cells, got ${row.length}.`);
    return Object.fromEntries(names.map((name, k) => [name, row[k]]));
  });
}

/** @param {string} json @param {string[]} columns @returns {Record<string, string>[]} */
function fromJson(json, columns) {
  /** @type {any} */
  let all;
  try {
    all = JSON.parse(json);
  } catch {
    throw new Error('Expects JSON such as [{"a": 1}, {"a": 2}], got something else.');
  }
  return all.map((/** @type {any} */ row, /** @type {number} */ i) => {
    const values = Array.isArray(row) ? row : typeof row === 'object' && row !== null ? null : [row];
    if (values && values.length !== columns.length) throw new Error(`Row ${i + 1}: expects ${columns.length} values, got ${values.length}.`);
    const pairs = values ? columns.map((name, k) => [name, values[k]]) : Object.entries(row);
    return Object.fromEntries(pairs.map(([name, value]) => [name, value === null ? '' : String(value)]));
  });
}

/** Rows as CSV with names. @param {Record<string, string>[]} rows @param {string[]} columns */
export function formatRows(rows, columns) {
  const cell = (/** @type {string} */ value) => (/[",;\t\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  return [columns, ...rows.map((row) => columns.map((name) => row[name] ?? ''))].map((row) => row.map(cell).join(',')).join('\n');
}

/** Numbers between spaces, commas or line ends, or as JSON. @param {string} pasted @returns {number[]} @throws Error for what is no number */
export function parseNumbers(pasted) {
  const all = pasted.split(/[\s,;[\]]+/).filter((each) => each !== '');
  return all.map((each, i) => {
    const value = Number(each);
    if (!Number.isFinite(value)) throw new Error(`Number ${i + 1}: expects a number, got ${each.slice(0, 20)}.`);
    return value;
  });
}
