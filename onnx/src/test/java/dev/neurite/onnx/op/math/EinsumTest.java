package dev.neurite.onnx.op.math;

import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EinsumTest {
    private static final Map<Character, Integer> EXTENTS =
            Map.of('a', 2, 'b', 3, 'c', 4, 'd', 5, 'e', 2, 'f', 1, 'g', 3, 'Z', 2);

    private static Value random(Random random, ElementType type, int... extents) {
        Value x = Value.zeros(type, Shape.of(extents));
        for (int i = 0; i < x.size(); i++) {
            if (type.isFloating()) Elements.doubleWriter(x).set(i, random.nextInt(-9, 10) / 4.0);
            else Elements.longWriter(x).set(i, random.nextInt(-9, 10));
        }
        return x;
    }

    private static Ops einsum(String equation) {
        return op("Einsum", 12).with("equation", equation);
    }

    /// The definition, one element after the other, for equations with an arrow.
    private static double[] expected(String equation, Value... in) {
        String[] sides = equation.split("->", -1);
        String[] terms = sides[0].split(",", -1);
        List<Character> labels = new ArrayList<>(new TreeMap<>(EXTENTS).keySet());
        labels.removeIf(each -> equation.indexOf(each) < 0);
        double[] sums = new double[size(sides[1])];
        int all = 1;
        for (char label : labels) all *= extent(label);
        for (int i = 0; i < all; i++) {
            Map<Character, Integer> index = new TreeMap<>();
            int left = i;
            for (char label : labels) {
                index.put(label, left % extent(label));
                left /= extent(label);
            }
            double product = 1;
            for (int k = 0; k < in.length; k++) product *= in[k].number(at(terms[k], index));
            sums[at(sides[1], index)] += product;
        }
        return sums;
    }

    private static int extent(char label) {
        return Objects.requireNonNull(EXTENTS.get(label));
    }

    private static int size(String term) {
        return term.chars().map(each -> extent((char) each)).reduce(1, (x, y) -> x * y);
    }

    private static int at(String term, Map<Character, Integer> index) {
        int at = 0;
        for (char label : term.toCharArray()) at = at * extent(label) + index.getOrDefault(label, 0);
        return at;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ab->ba",
                "ab->a",
                "ab->",
                "aa->a",
                "aea->e",
                "abc->b",
                "ab,bc->ac",
                "ab,cb->ac",
                "ba,bc->ac",
                "abc,acd->abd",
                "abcd,abed->abce",
                "badc,bdce->abc",
                "ab,ab->",
                "ab,ab->ab",
                "ab,ab->ba",
                "a,b->ab",
                "a,b->ba",
                "ab,c->c",
                "ab,cd->ad",
                "abc,cd,de->abe",
                "ab,bc,cd->ad",
                "ab,ab,ab->a",
                "abf,fc->abc",
                "aab,bc->ac",
                ",ab->ab",
                "gb,bg->g",
                "abcd,cd->abcd",
                "Za,ab->Zb"
            })
    void computesWhatIsDefined(String equation) {
        var random = new Random(1);
        String[] sides = equation.split("->", -1);
        for (ElementType type : List.of(ElementType.FLOAT, ElementType.DOUBLE, ElementType.INT64, ElementType.INT32)) {
            Value[] in = Arrays.stream(sides[0].split(",", -1))
                    .map(term -> random(
                            random,
                            type,
                            term.chars().map(each -> extent((char) each)).toArray()))
                    .toArray(Value[]::new);
            Value y = einsum(equation).run(in);
            double[] expected = expected(equation, in);
            assertThat(y.type()).isEqualTo(type);
            assertThat(y.shape())
                    .isEqualTo(Shape.of(
                            sides[1].chars().map(each -> extent((char) each)).toArray()));
            for (int i = 0; i < expected.length; i++) assertThat(y.number(i)).isCloseTo(expected[i], within(1e-4));
        }
    }

    @Test
    void theResultMayBeImplied() {
        var random = new Random(2);
        Value a = random(random, ElementType.FLOAT, 2, 3);
        Value b = random(random, ElementType.FLOAT, 3, 4);
        assertThat(einsum("ab,bc").run(a, b)).isEqualTo(einsum("ab,bc->ac").run(a, b));
        assertThat(einsum("ba").run(a)).isEqualTo(einsum("ba->ab").run(a));
        assertThat(einsum(" b a ").run(a)).isEqualTo(einsum("ba->ab").run(a));
        assertThat(einsum("ii").run(random(random, ElementType.FLOAT, 2, 2)).shape())
                .isEqualTo(Shape.SCALAR);
    }

    @Test
    void ellipsesAreBroadcast() {
        var random = new Random(3);
        Value a = random(random, ElementType.FLOAT, 2, 3, 4, 5);
        Value b = random(random, ElementType.FLOAT, 2, 3, 5, 6);
        assertThat(einsum("...ij,...jk->...ik").run(a, b))
                .isEqualTo(einsum("abij,abjk->abik").run(a, b));
        assertThat(einsum("...ij,...jk").run(a, b))
                .isEqualTo(einsum("abij,abjk->abik").run(a, b));
        Value one = random(random, ElementType.FLOAT, 1, 3, 5, 6);
        assertThat(einsum("...ij,...jk->...ik").run(a, one))
                .isEqualTo(einsum("abij,bjk->abik").run(a, one.reshape(shape(3, 5, 6))));
        assertThat(einsum("...ij->...ji").run(a)).isEqualTo(einsum("abij->abji").run(a));
        assertThat(einsum("i...->i").run(a)).isEqualTo(einsum("iabc->i").run(a));
        assertThat(einsum("...,...->...").run(a, a))
                .isEqualTo(einsum("abij,abij->abij").run(a, a));
    }

    @Test
    void sumsOfNothingAre0() {
        Value a = Value.zeros(ElementType.FLOAT, shape(2, 0));
        assertThat(einsum("ab,bc->ac").run(a, Value.zeros(ElementType.FLOAT, shape(0, 3))))
                .isEqualTo(Value.zeros(ElementType.FLOAT, shape(2, 3)));
        assertThat(einsum("ab->ba").run(a).shape()).isEqualTo(shape(0, 2));
    }

    @Test
    void refusesWhatIsWrong() {
        Value a = Value.of(shape(2, 3), 1f, 2, 3, 4, 5, 6);
        assertThatThrownBy(() -> einsum("ab,bc->ac").run(a)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> einsum("").run(a)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> einsum("a1->a").run(a)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> einsum("ab->c").run(a)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> einsum("ab->aa").run(a)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> einsum("ab->a->b").run(a)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> einsum("......->a").run(a)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> einsum("abc->a").run(a)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> einsum("aa->a").run(a)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> einsum("ab,ba->").run(a, a)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> einsum("ab->a").run(Ops.counted(ElementType.BOOL, 2, 3)))
                .isInstanceOf(ShapeException.class);
    }
}
