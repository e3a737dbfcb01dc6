/// What the readers of other formats may take of the memory, and the zip archives that some are. Depends on `error`.
@NullMarked
package dev.neurite.io.limit;

import org.jspecify.annotations.NullMarked;
