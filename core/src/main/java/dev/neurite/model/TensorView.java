package dev.neurite.model;

import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A tensor of a running training, read only and not copied: an output, a δ, a parameter, a gradient or
/// an update.
///
/// A view is valid only as long as its source says: for a `dev.neurite.train.Probe` during the call that
/// gets it. Only the thread of the training may use it. Otherwise each method throws
/// [IllegalStateException]. To keep numbers, or to give them to another thread, take [#copy()],
/// [#statistics()] or a [#histogram(int)].
public interface TensorView {
    /// The shape; of outputs and δ the first axis is the batch.
    Shape shape();

    /// The number of elements.
    default int size() {
        return shape().size();
    }

    /// One element, by an index for each axis.
    /// @throws IndexOutOfBoundsException outside the shape
    float get(int... index);

    /// One element, by its index in row-major order.
    /// @throws IndexOutOfBoundsException unless 0 to [#size()] − 1
    float at(int index);

    /// A copy of all elements.
    Tensor copy();

    /// Smallest and largest element, mean and others, by a kernel on all threads of the training.
    TensorStatistics statistics();

    /// The number of columns that are 0 in all rows, by a kernel on all threads of the training. A column is
    /// an index of axis 1. Of an output it is a unit, or a channel; one that is 0 for all rows of many batches
    /// is dead.
    /// @return 0 for fewer than two axes
    int zeroColumns();

    /// The numbers of elements in equal intervals between the smallest and the largest finite element,
    /// by a kernel on all threads of the training. All counts are 0 if no element is finite.
    /// @param bins the number of intervals
    /// @throws dev.neurite.error.ConfigException unless 1 to 10,000
    default Histogram histogram(int bins) {
        TensorStatistics all = statistics();
        boolean none = Double.isNaN(all.min());
        return histogram(bins, none ? 0 : all.min(), none ? 0 : all.max());
    }

    /// The numbers of elements in equal intervals, by a kernel on all threads of the training. Elements
    /// outside are not counted.
    /// @param bins the number of intervals
    /// @param from the lower bound of the first interval
    /// @param to the upper bound of the last, which belongs to it; at least `from`
    /// @throws dev.neurite.error.ConfigException unless there are 1 to 10,000 intervals between finite
    /// bounds in this order
    Histogram histogram(int bins, double from, double to);
}
