/// What the readers of other formats share: a limit of the memory that a file may take, and zip archives. Depends
/// on `error`.
@NullMarked
package dev.neurite.io.limit;

import org.jspecify.annotations.NullMarked;
