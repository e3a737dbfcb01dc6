package dev.neurite.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ShapeException;
import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void aShapeIsPrintedAsItsExtents() {
        assertThat(Shape.of(64, 10)).hasToString("[64×10]");
        assertThat(Shape.of()).hasToString("[]");
        assertThat(Shape.of(Shape.OPEN, 3)).hasToString("[?×3]");
    }

    @Test
    void theSizeIsTheProductAndOneForRankZero() {
        assertThat(Shape.of(2, 3, 4).size()).isEqualTo(24);
        assertThat(Shape.of().size()).isEqualTo(1);
        assertThat(Shape.of(5, 0, 7).size()).isZero();
        assertThat(Shape.of(Integer.MAX_VALUE).size()).isEqualTo(Integer.MAX_VALUE);
        assertThat(Shape.of(2, 3).rank()).isEqualTo(2);
        assertThat(Shape.of(2, 3).extent(1)).isEqualTo(3);
        assertThat(Shape.of(2, 3).extents()).containsExactly(2, 3);
    }

    @Test
    void shapesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> Shape.of(2, -2))
                .isInstanceOf(ShapeException.class)
                .hasMessage("shape: expects extents of 0 or more, got [2, -2]");
        assertThatThrownBy(() -> Shape.of(-1, -1))
                .isInstanceOf(ShapeException.class)
                .hasMessage("shape: expects at most one open axis, got [-1, -1]");
        assertThatThrownBy(() -> Shape.of(1 << 16, 1 << 15))
                .isInstanceOf(ShapeException.class)
                .hasMessage("shape: expects at most 2³¹−1 elements, got [65536, 32768]");
        int huge = Integer.MAX_VALUE;
        assertThatThrownBy(() -> Shape.of(huge, huge, huge, huge)).isInstanceOf(ShapeException.class);
    }

    @Test
    void anOpenShapeHasNoSizeAndTakesAnyExtentThere() {
        Shape open = Shape.of(Shape.OPEN, 3);
        assertThat(open.isKnown()).isFalse();
        assertThatThrownBy(open::size)
                .isInstanceOf(ShapeException.class)
                .hasMessage("shape [?×3]: expects all extents to be known here");
        assertThat(open.accepts(Shape.of(7, 3))).isTrue();
        assertThat(open.accepts(Shape.of(7, 4))).isFalse();
        assertThat(open.accepts(Shape.of(0, 3))).isFalse();
        assertThat(open.accepts(Shape.of(3))).isFalse();
        assertThat(Shape.of(7, 3).accepts(open)).isFalse();
    }

    @Test
    void rowsAreAddedAndTakenAway() {
        assertThat(Shape.of(10).forRows(64)).isEqualTo(Shape.of(64, 10));
        assertThat(Shape.of(64, 10).row()).isEqualTo(Shape.of(10));
        assertThat(Shape.of(5).row()).isEqualTo(Shape.of());
        assertThatThrownBy(() -> Shape.of().row())
                .isInstanceOf(ShapeException.class)
                .hasMessage("shape []: expects a batch axis, got a single number");
    }

    @Test
    void shapesAreEqualByTheirExtentsAndKeepThemWhenTheArrayChanges() {
        int[] extents = {2, 3};
        Shape shape = Shape.of(extents);
        extents[0] = 9;
        assertThat(shape).isEqualTo(Shape.of(2, 3)).hasSameHashCodeAs(Shape.of(2, 3));
        assertThat(shape).isNotEqualTo(Shape.of(3, 2)).isNotEqualTo("[2×3]");
    }
}
