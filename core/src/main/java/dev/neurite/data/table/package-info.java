/// Tables of raw columns, [dev.neurite.data.table.Table], and their encoding as data sets,
/// [dev.neurite.data.table.Preprocessing]. Depends on `error`, `tensor` and `data`.
@NullMarked
package dev.neurite.data.table;

import org.jspecify.annotations.NullMarked;
