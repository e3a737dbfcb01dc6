/// Pooling, planes, conversions between layouts, figures and histograms on the processor: the `Scalar…` classes
/// define the results, the other classes compute the same bits faster or for channels in blocks.
///
/// Not exported. Uses the engine and the threads of `dev.neurite.kernel.cpu`.
@NullMarked
package dev.neurite.kernel.cpu.plane;

import org.jspecify.annotations.NullMarked;
