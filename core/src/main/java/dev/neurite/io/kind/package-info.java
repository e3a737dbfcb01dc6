/// What a file is by its content. Depends on `error`.
@NullMarked
package dev.neurite.io.kind;

import org.jspecify.annotations.NullMarked;
