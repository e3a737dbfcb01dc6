/// [dev.neurite.data.Dataset], mini-batches, splits, and rows stored in memory or in files. Tables are
/// in `data.table`, augmentations in `data.augment`. Depends on `error`, `tensor`, `kernel`, `model`,
/// `loss` (for targets) and `data.augment`.
@NullMarked
package dev.neurite.data;

import org.jspecify.annotations.NullMarked;
