/// Data on its way to a network: [dev.neurite.data.Dataset], mini-batches, splits. Depends on `error`,
/// `tensor`, `kernel` and `loss` (for targets).
@NullMarked
package dev.neurite.data;

import org.jspecify.annotations.NullMarked;
