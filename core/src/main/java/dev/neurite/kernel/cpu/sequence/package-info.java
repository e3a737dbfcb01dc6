/// Kernels of sequences on the processor: recurrent layers and attention.
@NullMarked
package dev.neurite.kernel.cpu.sequence;

import org.jspecify.annotations.NullMarked;
