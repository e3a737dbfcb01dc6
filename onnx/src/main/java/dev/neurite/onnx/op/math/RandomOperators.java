package dev.neurite.onnx.op.math;

import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.Heap;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.shape.Casting;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Operators with random results, and Dropout. With a seed they give the same in each run, without one something else
/// each time.
public final class RandomOperators {
    private RandomOperators() {}

    public static void register(Operators all) {
        all.add("RandomUniform", call -> numbers(call, shape(call), ElementType.FLOAT, uniform(call)));
        all.add("RandomUniformLike", call -> numbers(call, call.shape(0), call.type(0), uniform(call)));
        all.add("RandomNormal", call -> numbers(call, shape(call), ElementType.FLOAT, normal(call)));
        all.add("RandomNormalLike", call -> numbers(call, call.shape(0), call.type(0), normal(call)));
        all.add("Bernoulli", RandomOperators::bernoulli);
        all.add("Multinomial", RandomOperators::multinomial);
        all.add("Dropout", RandomOperators::dropout);
    }

    /// Makes the generator of a run.
    private static MersenneTwister generator(@Nullable Integer seed) {
        return new MersenneTwister(seed == null ? ThreadLocalRandom.current().nextInt() : seed);
    }

    /// The seed of a node, a number or, of Dropout, an integer; null without one.
    private static @Nullable Integer seed(NodeCall call) {
        if (!call.attributes().has("seed")) return null;
        boolean whole = call.attributes().all().get("seed") instanceof Long;
        if (whole) return (int) call.attributes().integer("seed", 0);
        float given = call.attributes().real("seed", 0);
        return given == (int) given ? Integer.valueOf((int) given) : Integer.valueOf(Float.floatToIntBits(given));
    }

    private static Shape shape(NodeCall call) {
        return Shapes.of(
                call, call.attributes().integers("shape").orElseThrow(() -> call.wrong("expects a shape, got none")));
    }

    private static ToDoubleFunction<MersenneTwister> uniform(NodeCall call) {
        double low = call.attributes().real("low", 0);
        double high = call.attributes().real("high", 1);
        return random -> low + (high - low) * random.uniform();
    }

    private static ToDoubleFunction<MersenneTwister> normal(NodeCall call) {
        double mean = call.attributes().real("mean", 0);
        double scale = call.attributes().real("scale", 1);
        return random -> mean + scale * random.normal();
    }

    private static ElementType type(NodeCall call, ElementType usual) {
        return call.attributes().has("dtype") ? Casting.type(call, "dtype") : usual;
    }

    private static ReadyNode numbers(
            NodeCall call, Shape shape, ElementType usual, ToDoubleFunction<MersenneTwister> numbers) {
        ElementType type = type(call, usual);
        if (!type.isFloating()) throw call.misfit("expects float or double, got " + type);
        return filled(call, type, shape, (_, random, y) -> {
            Elements.DoubleWriter to = Elements.doubleWriter(y);
            for (int i = 0; i < shape.size(); i++) to.set(i, numbers.applyAsDouble(random));
        });
    }

    private interface Filler {
        void fill(Value[] in, MersenneTwister random, Value y);
    }

    /// A step whose result is another in each run, unless there is a seed.
    private static ReadyNode filled(NodeCall call, ElementType type, Shape shape, Filler filler) {
        @Nullable Integer seed = seed(call);
        if (seed != null) {
            return ReadyNode.of(Fact.of(type, shape), (in, out) -> filler.fill(in, generator(seed), out[0]));
        }
        return ReadyNode.unknown(1, (in, out) -> {
            Heap.require(call.node().label(), (long) shape.size() * Long.BYTES);
            out[0] = Value.zeros(type, shape);
            filler.fill(in, generator(null), out[0]);
        });
    }

    /// 1 with a probability that is the element, else 0.
    private static ReadyNode bernoulli(NodeCall call) {
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        ElementType type = type(call, call.type(0));
        return filled(call, type, call.shape(0), (in, random, y) -> {
            Elements.Doubles p = Elements.doubles(in[0]);
            for (int i = 0; i < y.size(); i++) set(y, i, random.uniform() < p.get(i) ? 1 : 0);
        });
    }

    private static void set(Value y, int index, int number) {
        if (y.type().isFloating()) Elements.doubleWriter(y).set(index, number);
        else Elements.longWriter(y).set(index, number);
    }

    /// Classes that are drawn from the logarithms of their probabilities, `[rows × classes]`.
    private static ReadyNode multinomial(NodeCall call) {
        call.requireRank(0, 2);
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        int draws = call.attributes().small("sample_size", 1);
        int classes = call.shape(0).extent(1);
        if (classes == 0) throw call.misfit("expects classes, got none");
        ElementType type = type(call, ElementType.INT32);
        Shape shape = Shapes.of(call, call.shape(0).extent(0), draws);
        return filled(call, type, shape, (in, random, y) -> {
            Elements.Doubles x = Elements.doubles(in[0]);
            double[] sums = new double[classes];
            for (int row = 0; row < shape.extent(0); row++) {
                double most = Double.NEGATIVE_INFINITY;
                for (int c = 0; c < classes; c++) most = Math.max(most, x.get(row * classes + c));
                double sum = 0;
                for (int c = 0; c < classes; c++) sums[c] = sum += Math.exp(x.get(row * classes + c) - most);
                for (int i = 0; i < draws; i++) {
                    double place = random.uniform() * sum;
                    int chosen = 0;
                    while (chosen < classes - 1 && !(place < sums[chosen])) chosen++;
                    set(y, row * draws + i, chosen);
                }
            }
        });
    }

    // -------------------------------------------------------------------------------------------------------- Dropout

    private static ReadyNode dropout(NodeCall call) {
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        double ratio = ratio(call);
        if (ratio == 0) return Shapes.kept(call);
        if (!(ratio > 0 && ratio < 1)) throw call.misfit("expects a ratio from 0 to less than 1, got " + ratio);
        ElementType ofMask = call.version() < 10 ? call.type(0) : ElementType.BOOL;
        @Nullable Integer seed = seed(call);
        Shape shape = call.shape(0);
        Work work = (in, out) -> {
            MersenneTwister random = generator(seed);
            Elements.Doubles x = Elements.doubles(in[0]);
            @Nullable Value mask = Work.optional(out, 1);
            for (int i = 0; i < shape.size(); i++) {
                boolean kept = random.uniform() >= ratio;
                if (out[0] != null) Elements.doubleWriter(out[0]).set(i, kept ? x.get(i) / (1 - ratio) : 0);
                if (mask != null) set(mask, i, kept ? 1 : 0);
            }
        };
        List<Fact> facts = List.of(Fact.of(call.type(0), shape), Fact.of(ofMask, shape));
        List<Fact> wanted = new ArrayList<>(facts.subList(0, Math.max(1, Math.min(2, call.outputs()))));
        if (seed != null) return ReadyNode.of(wanted, work);
        return ReadyNode.unknown(wanted.size(), (in, out) -> { // not to be folded: another result in each run
            for (int i = 0; i < out.length; i++)
                out[i] = Value.zeros(wanted.get(i).type(), shape);
            work.run(in, out);
        });
    }

    /// The share of elements that are dropped; 0 unless the model trains.
    private static double ratio(NodeCall call) {
        boolean training = call.version() < 7 && !call.attributes().flag("is_test", false);
        if (call.version() >= 12 && call.has(2)) {
            call.requireType(2, ElementType.BOOL);
            training = Shapes.only(call, 2).integer(0) != 0;
        }
        if (!training) return 0;
        return call.has(1) ? Shapes.real(call, 1) : call.attributes().real("ratio", 0.5f);
    }
}
