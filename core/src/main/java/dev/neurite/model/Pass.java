package dev.neurite.model;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Noise;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One run of a batch through a network, as a node sees it: its parameters, buffers to write to, and
/// the tape that records how gradients go back.
///
/// **Lambdas write, the tape adds.** The lambda of a node's backward pass writes all of its targets,
/// `dx` and [#gradient]. Their earlier contents are undefined. If a tensor or parameter was used more than once,
/// the tape adds up the contributions.
///
/// **Buffers** come from a pool and return to it by themselves. A buffer that a node got in `forward`
/// lives until the node's backward has run. Without gradients it lives until the node returns, and an
/// output until its last reader has run. A buffer that a lambda got lives until the lambda returns. A
/// lambda may overwrite `dy`.
///
/// A pass belongs to one thread.
public interface Pass {
    /// The mode of this node: that of the pass, but always [Mode#PREDICT] in a frozen node.
    Mode mode();

    /// The kernels, for all arithmetic.
    Kernels kernels();

    /// Random numbers for the rows of this pass; new ones at each call. They depend on the driver's
    /// seed and step, on the number of earlier calls in this pass, and on the row's index in the step's
    /// batch. They do not depend on the shards of that batch. A lambda that needs them again must keep
    /// them.
    Noise noise();

    /// A parameter that this node declared. Read only.
    Tensor parameter(String name);

    /// A parameter that this node declared, in the form that [Kernels#dense] takes.
    PackedWeights weights(String name);

    /// Computes y = g(x·Wᵀ + b), see [Kernels#dense], as the last step of a node without children, which does not read
    /// y afterwards. If x is the node's input, it may be computed later, with neighbors of the node that have
    /// the same input, before another node reads y.
    void dense(Tensor x, PackedWeights w, Tensor b, Elementwise g, Tensor y);

    /// The adapter of a linear map of this node, without dropout in a pass that predicts; null for none.
    /// @param weight the name of the weights of the map in the node
    @Nullable
    Adapter adapter(String weight);

    /// The target of a lambda for the gradient of a parameter; only if [#wants(String)].
    Tensor gradient(String name);

    /// A running statistic that this node declared, with the value of the last step. Read only.
    Tensor statistic(String name);

    /// Requests a new value of a running statistic. The statistic changes at the end of the step. Does
    /// nothing where [#mode()] is [Mode#PREDICT]. With several requests in one step, from shards of a
    /// batch or a node that is used twice, the statistic becomes their mean.
    /// @param next in the statistic's shape; copied
    void update(String name, Tensor next);

    /// The lengths of the sequences in x, `[rows]`; empty if all rows have all steps. An output with an open axis
    /// has those of the inputs that [give them][Node#givesLengths]. Steps after the end of a row are padding: their
    /// numbers are finite, and no result may depend on them; gradients there are 0.
    Tensor lengths(Tensor x);

    /// Sets the lengths of the sequences in an output of this node, where they are not those of its input.
    /// @param ofRows `[rows]`
    void lengths(Tensor y, Tensor ofRows);

    /// A state that this node declared, `[rows × …]`, with what the node wrote in the pass before; zeros in the
    /// first. Empty where [#past()] is.
    Tensor state(String name);

    /// How many steps each row had in earlier passes of a [PredictionSession], `[rows]`. Empty where inputs are whole:
    /// outside of a session, and of a node that reads [no sequence][BuiltNode#readsSequence] in one.
    Tensor past();

    /// Whether the gradient of this tensor is needed.
    boolean wants(Tensor x);

    /// Whether the gradient of this parameter is needed.
    boolean wants(String parameter);

    /// A tensor for this node's first output, as its build declared it, for all rows of the batch. An open axis
    /// has the extent that follows from this pass's inputs.
    default Tensor output() {
        return output(0);
    }

    /// A tensor for one of this node's outputs, as its build declared it, for all rows of the batch. It has the
    /// layout of the node's first input, if its shape can have it: row-major order, unless the node
    /// [accepts blocks][Node#acceptsBlocks].
    Tensor output(int index);

    /// A tensor of the same shape and layout as another of this pass, or as its [Tensor#positions()].
    Tensor like(Tensor x);

    /// A tensor of this shape for each row of the batch, in row-major order.
    Tensor tensor(Shape row);

    /// A tensor of this shape for the whole batch, for values that are computed over its rows; in row-major
    /// order.
    Tensor batchTensor(Shape shape);

    /// The numbers of x, in row-major order, in another shape of a row. Shares the buffer of x if x is in that
    /// order; gradients pass through to x.
    /// @param row as many elements as a row of x
    Tensor view(Tensor x, Shape row);

    /// The numbers of x in the shape of this node's only output: [#view(Tensor, Shape)].
    Tensor view(Tensor x);

    /// x in this layout; x itself if it has it. Both are one value, whose gradient passes through, in the layout
    /// of the tensor that a lambda is recorded with. Do not write to x afterwards: who asks again gets the same
    /// copy. Blocks are a wish: while an inspector or an observer looks, all tensors stay in row-major order.
    /// @throws dev.neurite.error.ShapeException for [Layout#BLOCKED], if x is no image of whole blocks of channels
    Tensor inLayout(Tensor x, Layout layout);

    /// The output of a layer that ends in the activation g, see [FusedActivation], in the layout of
    /// [#output()].
    FusedActivation activated(Elementwise g);

    /// [#activated(Elementwise)] in another layout than that of the first input. Blocks are a wish, see
    /// [#inLayout]; the tensors have the layout in which they come.
    FusedActivation activated(Elementwise g, Layout layout);

    /// Records the backward of y: how its gradient becomes those of x and of the node's parameters. The
    /// lambda writes all of `dx`, a buffer of its own. The record is dropped if none of these
    /// gradients is needed.
    /// @return y
    default Tensor backward(Tensor x, Tensor y, Backward lambda) {
        return backward(x, y, Dx.OWN, lambda);
    }

    /// [#backward(Tensor, Tensor, Backward)] for many inputs and outputs.
    /// @return outputs
    default List<Tensor> backward(List<Tensor> inputs, List<Tensor> outputs, BackwardMany lambda) {
        return backward(inputs, outputs, Dx.OWN, lambda);
    }

    /// [#backward(Tensor, Tensor, Backward)] for a lambda that can save a pass over memory.
    /// @param dx how the lambda writes `dx`
    /// @return y
    Tensor backward(Tensor x, Tensor y, Dx dx, Backward lambda);

    /// [#backward(Tensor, Tensor, Dx, Backward)] for many inputs and outputs.
    /// @param dx how the lambda writes the first gradient that is needed; [Dx#INCLUDES_EARLIER] for
    /// one input only
    /// @return outputs
    List<Tensor> backward(List<Tensor> inputs, List<Tensor> outputs, Dx dx, BackwardMany lambda);

    /// In a lambda of [Dx#INCLUDES_EARLIER]: the sum of the other contributions to the gradient of x,
    /// which the lambda must add to `dx`; empty if there are none.
    Tensor earlier();

    /// How a lambda writes the gradient of its input, `dx`.
    enum Dx {
        /// The lambda writes all of `dx`, a buffer of its own.
        OWN,
        /// The lambda writes all of `dx`, which may be `dy` itself. Then it writes memory that it has
        /// just read.
        MAY_BE_DY,
        /// The lambda adds [#earlier] to its result. Otherwise the tape would do that in another pass
        /// over memory.
        INCLUDES_EARLIER
    }

    /// Runs the child of this index. May be called several times in a pass.
    Tensor apply(int child, Tensor x);

    /// Runs the child of this index. May be called several times in a pass.
    List<Tensor> apply(int child, List<Tensor> in);

    /// Runs several children with the same inputs, which may compute their last steps at once, see [#dense].
    /// @param first the index of the first
    /// @param end the index after that of the last
    /// @return their outputs
    List<List<Tensor>> applyAll(int first, int end, List<Tensor> in);

    /// Runs the child of this index on each position of sequences by itself: to the child, each position is a row.
    /// While it runs, [#lengths] and [#past()] are empty, as a position is whole.
    /// @param x `[rows × positions × …]`, of a child that was built by [Declarations#childOfPositions]
    /// @return in the shape of this node's output, `[rows × positions × …]`
    /// @throws dev.neurite.error.ShapeException for padded sequences while training a child with running
    /// statistics, which would be those of padding, too
    Tensor applyToPositions(int child, Tensor x);

    /// Gradient checkpointing: runs the child of this index and keeps only its inputs. The backward
    /// pass runs the child again, with the same noise, before the child's own backward. Same bits, less
    /// memory, more time.
    List<Tensor> recompute(int child, List<Tensor> in);

    /// For containers: says that no other node will read this output of a child, so that its buffer can
    /// be used again. Saves memory; not needed otherwise.
    void release(Tensor x);

    /// Shows z, the pre-activation of this node, to an inspector if there is one. [FusedActivation]
    /// calls it.
    void showPreActivation(Tensor z);

    /// Shows δ, the gradient of z, to an inspector if there is one. [FusedActivation] calls it.
    void showDelta(Tensor delta);

    /// The backward of a node with one input and one output.
    @FunctionalInterface
    interface Backward {
        /// Computes the gradients.
        /// @param dy the gradient of y; the lambda may overwrite it
        /// @param dx the gradient of x, to be written whole; empty unless `pass.wants(x)`
        void run(Tensor dy, Tensor dx);
    }

    /// The backward of a node with many inputs and outputs.
    @FunctionalInterface
    interface BackwardMany {
        /// Computes the gradients.
        /// @param dys the gradients of the outputs, zeros for unused ones; the lambda may overwrite
        /// them
        /// @param dxs the gradients of the inputs, to be written whole; empty for those that are not
        /// needed
        void run(List<Tensor> dys, List<Tensor> dxs);
    }
}
