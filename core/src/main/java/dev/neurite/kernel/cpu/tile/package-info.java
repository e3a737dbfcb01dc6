/// Register tiles: micro-kernels that are generated when they are needed first.
@NullMarked
package dev.neurite.kernel.cpu.tile;

import org.jspecify.annotations.NullMarked;
