package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/// Runs batches through a network, forward and, if it has a gradient array, backward.
/// [Network#executor] makes one.
///
/// A training step calls [#forward], writes ∂loss/∂output into [#outputGradient], and calls
/// [#backward]. Then the gradients of the parameters are in the gradient array. All tensors that an
/// executor returns are valid until the next `forward`. An executor keeps its buffers from step to
/// step. Only one thread may use it at a time.
public interface Executor {
    /// The kernels that it computes with.
    Kernels kernels();

    // ---------------------------------------------------------------------------------------------------- settings

    /// Whether later passes compute the gradients of the inputs too, see [#inputGradient]. By default
    /// they do not.
    default void wantInputGradients(boolean wanted) {
        wantInputGradients(_ -> wanted);
    }

    /// [#wantInputGradients(boolean)] for some inputs only. An input that has no gradient, such as the mask of an
    /// attention, must not be among them.
    /// @param wanted says of the index of an input, from 0, whether its gradient is computed
    void wantInputGradients(IntPredicate wanted);

    /// Makes later passes write the gradients of the parameters to the beginning of this array.
    /// @param array as long as the gradient array that the executor was made with
    /// @throws ShapeException for another length
    void gradientsInto(float[] array);

    /// Whether later passes add gradients to the contents of the gradient array. By default they
    /// replace them.
    void accumulate(boolean accumulate);

    /// Makes later passes compute gradients only of the parameters whose names this accepts. The
    /// gradients of the others are zeros.
    void trainOnly(Predicate<String> names);

    /// Makes later passes update only the running statistics whose names this accepts. A node that has
    /// running statistics, but none that is updated, runs as in [Mode#PREDICT]: batch norm then
    /// normalizes with its running statistics.
    void updateStatisticsOnly(Predicate<String> names);

    /// Sets the key of the noise of later passes, see [Pass#noise]. Equal keys give equal noise. All
    /// three numbers are 0 at first.
    /// @param seed the seed of the training
    /// @param step the number of the step
    /// @param firstRow the index, in the step's batch, of the first row of the pass
    void randomness(long seed, long step, int firstRow);

    /// Makes later passes fill each buffer with NaN before a node gets it. Finds nodes that read what
    /// they have not written.
    void fillBuffersWithNaN();

    /// Predicts these rows and returns the name of the first layer whose output is not finite. The pass
    /// stops there.
    /// @param in a tensor for each input
    /// @return empty if all outputs are finite
    Optional<String> firstNotFinite(List<Tensor> in);

    /// Makes later passes copy what happens inside the network, until [#inspection]. Slower, with the
    /// same bits.
    void inspect();

    /// Returns what was copied since [#inspect], and stops copying.
    /// @param gradient the gradients of the parameters to show, a flat array like theirs; empty for
    /// none
    /// @throws ConfigException without a call of [#inspect] before
    Inspection inspection(float[] gradient);

    /// Shows the outputs and δ of the layers of later passes to this observer, in place of the one
    /// before. Same bits; layers that would overwrite their δ get another buffer. The observer's time counts
    /// as [Profile.Phase#OTHER].
    void observe(PassObserver observer);

    /// Shows nothing more to an observer.
    void observeNoMore();

    Profiler profiler();

    /// Makes [#profiler] measure each layer of later passes, forward and backward, with the same bits.
    void profile();

    // ----------------------------------------------------------------------------------------------------- forward

    /// Runs a batch through a network with one input and one output.
    /// @param x the batch, one sample a row
    /// @throws ShapeException if the batch does not fit, or the network has several inputs or outputs
    Tensor forward(Mode mode, Tensor x);

    /// Runs a batch through the network.
    /// @param in a tensor for each input, all with the same number of rows
    /// @return a tensor for each output
    /// @throws ShapeException if the tensors do not fit
    List<Tensor> forward(Mode mode, List<Tensor> in);

    /// An output of the last [#forward].
    /// @param output its index, from 0
    Tensor result(int output);

    /// The pass that [#forward] began, for computations with its tensors, such as those of a loss.
    Pass pass();

    /// A tensor of the same shape as another of this pass.
    Tensor like(Tensor x);

    // ---------------------------------------------------------------------------------------------------- backward

    /// The tensor of ∂loss/∂output. Its numbers are undefined; write all of them before [#backward]. An
    /// output for which this is not called has no gradient.
    /// @param output the index of the output, from 0
    Tensor outputGradient(int output);

    /// Computes the gradients, from the outputs back to the parameters.
    default void backward() {
        backward(_ -> {});
    }

    /// Computes the gradients, and tells in between which of them are final, for who can use them before the
    /// others are there. Same bits.
    /// @param done gets the index of the gradient array from which on nothing changes any more in this pass;
    /// each further call has a lower index, the last one 0. What it does takes time of the pass
    void backward(IntConsumer done);

    /// ∂loss/∂input, after [#backward].
    /// @param input the index of the input, from 0
    /// @throws ConfigException unless [#wantInputGradients(IntPredicate)] chose it before the forward pass
    Tensor inputGradient(int input);

    // -------------------------------------------------------------------------------------------------- statistics

    /// Ends a step: gives the running statistics the values that nodes requested since the last commit,
    /// see [Pass#update].
    void commitStatistics();

    /// Moves out what nodes requested since the last commit, for a step whose shards are computed by several
    /// executors: they add it, and each calls [#commitStatistics(float\[\], int, int\[\])] with the sum.
    /// @param sums the sum of the requests for each running statistic, one after the other
    /// @param from the index of the first
    /// @param requests their number, for each running statistic
    void takeStatistics(float[] sums, int from, int[] requests);

    /// Ends a step: sets each running statistic to the mean of its requests. One without requests stays.
    /// @param sums the sum of the requests for each running statistic, one after the other
    /// @param from the index of the first
    /// @param requests their number, for each running statistic
    void commitStatistics(float[] sums, int from, int[] requests);

    /// Drops the values that nodes requested since the last commit.
    void forgetStatistics();

    // ------------------------------------------------------------------------------------------------------ memory

    /// Takes all buffers back and drops references to tensors of the caller. Later passes overwrite the
    /// tensors that this one returned.
    void reset();

    /// The number of buffers in use at this moment.
    int buffersInUse();

    /// The size of all buffers, in use or not, in floats.
    long bufferFloats();
}
