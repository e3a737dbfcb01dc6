package dev.neurite.model;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Noise;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// One run of a batch through a network, as a node sees it: its parameters, buffers to write to, and the
/// tape on which it says how gradients go back.
///
/// **Closures assign, the tape adds.** A backward closure writes its whole target (`dx`, [#gradient]); when
/// a tensor or parameter was used more than once the tape adds up the contributions. Targets come with
/// rubbish in them.
///
/// **Buffers** come from a pool and go back by themselves: what a node asked for in `forward` lives until
/// its backward has run, or, when nobody wants gradients, until it returns (its outputs: until their last
/// reader). What a closure asked for lives until the closure returns. A closure may overwrite `dy`.
///
/// A pass belongs to one thread.
public interface Pass {
    /// What this pass is for, here: always [Mode#PREDICT] inside something frozen.
    Mode mode();

    /// Arithmetic.
    Kernels kernels();

    /// Random numbers for the rows of this pass: others at each call. They depend on the driver's seed and step,
    /// on how many calls there were before in this pass, and on the row's place in the step's batch, not on how
    /// that batch was cut. What a closure needs again it must keep.
    Noise noise();

    /// A parameter that this node declared. Read only.
    Tensor parameter(String name);

    /// A parameter that this node declared, as [Kernels#dense] takes it.
    PackedWeights weights(String name);

    /// Where a closure writes the gradient of a parameter; only if [#wants(String)].
    Tensor gradient(String name);

    /// A running statistic that this node declared, as the last commit left it. Read only.
    Tensor statistic(String name);

    /// Asks that a running statistic become this when the step is over. Only a pass that trains can ask: where
    /// [#mode()] is [Mode#PREDICT], as in all that is frozen, nothing happens. A statistic of which several have
    /// asked in one step (the shards of a batch, a node applied twice) becomes the mean of what they want.
    /// @param next in the statistic's shape; copied
    void update(String name, Tensor next);

    /// Whether anybody wants the gradient of this tensor.
    boolean wants(Tensor x);

    /// Whether anybody wants the gradient of this parameter.
    boolean wants(String parameter);

    /// A tensor for this node's first output, as its build declared it, for all rows of the batch.
    default Tensor output() {
        return output(0);
    }

    /// A tensor for one of this node's outputs, as its build declared it, for all rows of the batch.
    Tensor output(int index);

    /// A tensor of the same shape as another of this pass.
    Tensor like(Tensor x);

    /// A tensor of this shape for each row of the batch.
    Tensor tensor(Shape row);

    /// A tensor of this shape, one for the whole batch: for what is computed over its rows.
    Tensor batchTensor(Shape shape);

    /// The same numbers under another shape of a row: shares x's buffer, and hands gradients through.
    Tensor view(Tensor x, Shape row);

    /// The same numbers in the shape of this node's only output: [#view(Tensor, Shape)].
    Tensor view(Tensor x);

    /// A tensor for this node's first output y = g(z), and where the kernel that computes z writes.
    FusedActivation activated(Elementwise g);

    /// Records how the gradient of y becomes the gradient of x and of the node's parameters. The closure writes all of
    /// `dx`, a buffer of its own. It is kept only if somebody wants one of these gradients.
    /// @return y
    default Tensor backward(Tensor x, Tensor y, Backward closure) {
        return backward(x, y, Dx.OWN, closure);
    }

    /// [#backward(Tensor, Tensor, Backward)] for many inputs and outputs.
    /// @return outputs
    default List<Tensor> backward(List<Tensor> inputs, List<Tensor> outputs, BackwardMany closure) {
        return backward(inputs, outputs, Dx.OWN, closure);
    }

    /// [#backward(Tensor, Tensor, Backward)] for a closure that can save a sweep over memory.
    /// @param dx what the closure finds in its `dx`, or adds to it
    /// @return y
    Tensor backward(Tensor x, Tensor y, Dx dx, Backward closure);

    /// [#backward(Tensor, Tensor, Dx, Backward)] for many inputs and outputs.
    /// @param dx of the first of the gradients that are wanted; [Dx#INCLUDES_EARLIER] for one input only
    /// @return outputs
    List<Tensor> backward(List<Tensor> inputs, List<Tensor> outputs, Dx dx, BackwardMany closure);

    /// In a closure of [Dx#INCLUDES_EARLIER]: what others have contributed to the gradient of x, which `dx` must
    /// include; empty if nobody has.
    Tensor earlier();

    /// How a closure writes the gradient of its input, `dx`.
    enum Dx {
        /// Whole, to a buffer of its own.
        OWN,
        /// Whole, and right also where `dx` is `dy` itself: memory that was just read is written.
        MAY_BE_DY,
        /// Whole, with [#earlier] added, where the tape would read and write all of it once more to add it.
        INCLUDES_EARLIER
    }

    /// Runs the child that was declared at this index. May be called more than once a pass.
    Tensor apply(int child, Tensor x);

    /// Runs the child that was declared at this index. May be called more than once a pass.
    List<Tensor> apply(int child, List<Tensor> in);

    /// Gradient checkpointing: runs the child that was declared at this index and keeps only its inputs. When
    /// gradients go back it runs once more, with the same noise, before its own backward. Same bits, less memory,
    /// more time.
    List<Tensor> recompute(int child, List<Tensor> in);

    /// For containers: says that a child's output has had its last reader, so that its buffer can serve
    /// again. Needed for economy only.
    void release(Tensor x);

    /// Shows the pre-activation z of this node to an inspector, if there is one. [FusedActivation] does it by itself.
    void showPreActivation(Tensor z);

    /// Shows δ, the gradient of z, to an inspector, if there is one. [FusedActivation] does it by itself.
    void showDelta(Tensor delta);

    /// How a gradient goes back through a node with one input and one output.
    @FunctionalInterface
    interface Backward {
        /// Computes gradients.
        /// @param dy the gradient of y; the closure may overwrite it
        /// @param dx to be written whole; an empty tensor unless `pass.wants(x)`
        void run(Tensor dy, Tensor dx);
    }

    /// How gradients go back through a node with many inputs and outputs.
    @FunctionalInterface
    interface BackwardMany {
        /// Computes gradients.
        /// @param dys the gradients of the outputs, zeros where nobody used one; the closure may overwrite them
        /// @param dxs to be written whole, empty tensors where nobody wants one
        void run(List<Tensor> dys, List<Tensor> dxs);
    }
}
