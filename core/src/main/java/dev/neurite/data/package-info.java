/// Data on its way to a network: [dev.neurite.data.Dataset], mini-batches, splits; tables of raw columns,
/// [dev.neurite.data.Table], and what becomes of them, [dev.neurite.data.Preprocessing]. Depends on `error`,
/// `tensor`, `kernel` and `loss` (for targets).
@NullMarked
package dev.neurite.data;

import org.jspecify.annotations.NullMarked;
