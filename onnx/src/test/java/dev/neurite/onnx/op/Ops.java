package dev.neurite.onnx.op;

import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.plan.PlanContext;
import dev.neurite.onnx.registry.Registry;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Runs single nodes. Inputs and outputs lie somewhere in larger arrays, and outputs are full of other elements
/// before.
public final class Ops {
    private static final PlanContext CONTEXT = new PlanContext(Kernels.shared());
    private static final int OFFSET = 3;

    private final String domain;
    private final String op;
    private final int version;
    private final int outputs;
    private final Attributes attributes;
    private final Set<Integer> constants; // inputs that are known before

    private Ops(String domain, String op, int version, int outputs, Attributes attributes, Set<Integer> constants) {
        this.domain = domain;
        this.op = op;
        this.version = version;
        this.outputs = outputs;
        this.attributes = attributes;
        this.constants = constants;
    }

    public static Ops op(String op, int version) {
        return op("", op, version);
    }

    public static Ops op(String domain, String op, int version) {
        return new Ops(domain, op, version, 1, Attributes.none("node 'it' (" + op + ")"), Set.of());
    }

    /// The same with some inputs constants.
    public Ops constants(Integer... inputs) {
        return new Ops(domain, op, version, outputs, attributes, Set.of(inputs));
    }

    public Ops with(String name, Object value) {
        return new Ops(domain, op, version, outputs, attributes.with(name, value), constants);
    }

    public Ops integer(String name, long value) {
        return with(name, value);
    }

    public Ops integers(String name, long... values) {
        return with(name, Arrays.stream(values).boxed().toList());
    }

    public Ops outputs(int count) {
        return new Ops(domain, op, version, count, attributes, constants);
    }

    /// The only output.
    public Value run(@Nullable Value... inputs) {
        return runAll(inputs)[0];
    }

    public Value[] runAll(@Nullable Value... inputs) {
        Value[] in = Arrays.stream(inputs)
                .map(each -> each == null ? null : shifted(each))
                .toArray(Value[]::new);
        ReadyNode step = prepare(in);
        Value[] out = step.outputs().stream()
                .map(fact -> fact == null ? null : fact.value() != null ? fact.value() : garbage(fact))
                .toArray(Value[]::new);
        if (step.viewOf() >= 0)
            out[0] = in[step.viewOf()].reshape(step.outputs().getFirst().shape());
        else if (!step.isConstant()) step.work().run(in, out);
        return Arrays.stream(out).limit(outputs).map(Value::copy).toArray(Value[]::new);
    }

    /// The step for inputs whose elements are there only if they are needed.
    public ReadyNode prepare(@Nullable Value... inputs) {
        try {
            return prepare(false, inputs);
        } catch (NotYetKnown _) {
            return prepare(true, inputs);
        }
    }

    private ReadyNode prepare(boolean known, @Nullable Value... inputs) {
        List<@Nullable Fact> facts = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < inputs.length; i++) {
            Value each = inputs[i];
            names.add(each == null ? "" : "x" + i);
            facts.add(each == null ? null : fact(each, known, constants.contains(i)));
        }
        List<String> results =
                IntStream.range(0, outputs).mapToObj(i -> "y" + i).toList();
        var node = new OnnxNode("it", domain, op, version, names, results, attributes);
        return Registry.find(node).orElseThrow().prepare(new NodeCall(node, facts, CONTEXT));
    }

    private static Fact fact(Value value, boolean known, boolean constant) {
        if (constant) return Fact.of(Constant.of(value, true));
        return known ? Fact.ofPassing(value) : Fact.of(value.type(), value.shape());
    }

    private static Value shifted(Value value) {
        Value plain = value.copy();
        Object array = value.type().newArray(value.size() + OFFSET + 1);
        System.arraycopy(plain.array(), plain.offset(), array, OFFSET, plain.size());
        return Value.view(value.type(), value.shape(), array, OFFSET);
    }

    private static Value garbage(Fact fact) {
        Object array = fact.type().newArray(fact.shape().size() + OFFSET + 1);
        switch (fact.type()) {
            case FLOAT -> Arrays.fill((float[]) array, Float.NaN);
            case DOUBLE -> Arrays.fill((double[]) array, Double.NaN);
            case INT64, UINT64 -> Arrays.fill((long[]) array, 77);
            case INT32, UINT32 -> Arrays.fill((int[]) array, 77);
            case INT16, UINT16 -> Arrays.fill((short[]) array, (short) 77);
            case INT8, UINT8, INT4, UINT4 -> Arrays.fill((byte[]) array, (byte) 5);
            case BOOL -> Arrays.fill((boolean[]) array, true);
            case STRING -> Arrays.fill((String[]) array, "other");
            case SEQUENCE, MAP, OPTIONAL -> Arrays.fill((Value[]) array, Value.none());
        }
        return Value.view(fact.type(), fact.shape(), array, OFFSET);
    }

    // ------------------------------------------------------------------------------------------------------- values

    public static Shape shape(int... extents) {
        return Shape.of(extents);
    }

    /// Integers in a row.
    public static Value longs(long... all) {
        return Value.of(Shape.of(all.length), all);
    }

    /// Floats in a row.
    public static Value floats(float... all) {
        return Value.of(Shape.of(all.length), all);
    }

    public static Value scalar(long x) {
        return Value.of(Shape.SCALAR, x);
    }

    public static Value scalar(float x) {
        return Value.of(Shape.SCALAR, x);
    }

    /// 0, 1, 2 and so on.
    public static Value counted(ElementType type, int... extents) {
        Value y = Value.zeros(type, Shape.of(extents));
        for (int i = 0; i < y.size(); i++) {
            switch (type) {
                case FLOAT, DOUBLE -> Elements.doubleWriter(y).set(i, i);
                case BOOL -> Elements.longWriter(y).set(i, i % 3 == 0 ? 1 : 0);
                case STRING -> ((String[]) y.array())[i] = "t" + i;
                default -> Elements.longWriter(y).set(i, i);
            }
        }
        return y;
    }

    public static Value counted(int... extents) {
        return counted(ElementType.FLOAT, extents);
    }
}
