package dev.neurite.onnx.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValueInfoTest {
    private static final ValueInfo X = new ValueInfo("x", ElementType.INT64, List.of("rows", "3", "2n"), false);
    private static final ValueInfo ANY = new ValueInfo("any", ElementType.FLOAT, List.of(), true);

    @Test
    void openAxesHaveTheExtentsThatAreGivenOrOne() {
        assertThat(X.shape(Map.of("rows", 5, "other", 7))).isEqualTo(Shape.of(5, 3, 1));
        assertThat(X.shape(Map.of("2n", 4))).isEqualTo(Shape.of(1, 3, 4)); // a name with a digit first
        assertThat(X).hasToString("x: int64 [rows×3×2n]");
        assertThat(ANY).hasToString("any: float of any shape");
    }

    @Test
    void valuesOfValuesSayWhatTheyHave() {
        var maps = new ValueInfo("p", ElementType.SEQUENCE, ElementType.MAP, List.of("?"), false);
        assertThat(maps).hasToString("p: sequence of maps");
        assertThat(maps.isMaps()).isTrue();
        assertThat(new ValueInfo("m", ElementType.MAP, ElementType.FLOAT, List.of("2"), false))
                .hasToString("m: map of float");
        assertThat(new ValueInfo("s", ElementType.SEQUENCE, List.of("?"), false))
                .hasToString("s: sequence");
        Value map = Value.map(Value.of(Shape.of(2), "no", "yes"), Value.of(Shape.of(2), 0.9f, 0.1f));
        assertThat(map).hasToString("{no: 0.9, yes: 0.1}");
        assertThat(Value.sequence(List.of(map))).hasToString("sequence [1] {no: 0.9, yes: 0.1}");
    }

    @Test
    void extentsBelowOneAndTooManyElementsAreRefused() {
        assertThatThrownBy(() -> X.shape(Map.of("rows", 0)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("extent of 'rows': expects at least 1, got 0");
        assertThatThrownBy(() -> X.shape(Map.of("rows", 1 << 30))).isInstanceOf(ShapeException.class);
        var empty = new ValueInfo("e", ElementType.FLOAT, List.of("0", "n"), false);
        assertThat(empty.shape(Map.of())).isEqualTo(Shape.of(0, 1));
    }

    @Test
    void aValueFitsIfTypeAxesAndFixedExtentsDo() {
        assertThat(X.fits(Value.zeros(ElementType.INT64, Shape.of(4, 3, 0)))).isTrue();
        assertThat(X.fits(Value.zeros(ElementType.INT32, Shape.of(4, 3, 2)))).isFalse();
        assertThat(X.fits(Value.zeros(ElementType.INT64, Shape.of(4, 2, 2)))).isFalse();
        assertThat(X.fits(Value.zeros(ElementType.INT64, Shape.of(4, 3)))).isFalse();
        assertThat(ANY.fits(Value.zeros(ElementType.FLOAT, Shape.SCALAR))).isTrue();
        assertThat(ANY.fits(Value.zeros(ElementType.DOUBLE, Shape.SCALAR))).isFalse();
    }
}
