package dev.neurite.onnx.op;

import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A node that is ready to run: its outputs' types and shapes, and how they are computed.
/// @param outputs what is known of the outputs; null for one whose shape depends on the elements of inputs. A
/// constant is there already
/// @param work computes them; is not run if all are constants or views
/// @param viewOf the input whose elements, in their order, are the only output's; −1 if there is none
/// @param inPlace an input whose elements the first output may overwrite; −1 for none
public record ReadyNode(List<@Nullable Fact> outputs, Work work, int viewOf, int inPlace) {
    private static final Work NOTHING = (_, _) -> {};

    public ReadyNode {
        outputs = Collections.unmodifiableList(new ArrayList<>(outputs));
    }

    public static ReadyNode of(Fact output, Work work) {
        return new ReadyNode(List.of(output), work, -1, -1);
    }

    public static ReadyNode of(List<Fact> outputs, Work work) {
        return new ReadyNode(new ArrayList<>(outputs), work, -1, -1);
    }

    /// A step with one output, which may overwrite an input of its type, shape and layout.
    public static ReadyNode inPlace(Fact output, int input, Work work) {
        return new ReadyNode(List.of(output), work, -1, input);
    }

    /// A step whose outputs' shapes only its work knows.
    public static ReadyNode unknown(int outputs, Work work) {
        return new ReadyNode(Collections.nCopies(outputs, null), work, -1, -1);
    }

    /// The elements of an input in another shape.
    public static ReadyNode view(Fact input, Shape shape, int of) {
        Constant constant = input.constant();
        if (constant != null)
            return constant(constant.isShared(), constant.value().reshape(shape));
        return new ReadyNode(List.of(new Fact(input.type(), shape, input.layout(), null, null)), NOTHING, of, -1);
    }

    /// Outputs that are known already, from the shapes of inputs.
    public static ReadyNode constant(Value... values) {
        return constant(false, values);
    }

    private static ReadyNode constant(boolean shared, Value... values) {
        return of(
                Arrays.stream(values)
                        .map(each -> Fact.of(Constant.of(each, shared)))
                        .toList(),
                NOTHING);
    }

    /// Whether all outputs are known already.
    public boolean isConstant() {
        return outputs.stream().allMatch(each -> each != null && each.isConstant());
    }
}
