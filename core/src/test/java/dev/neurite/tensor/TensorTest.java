package dev.neurite.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ShapeException;
import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void elementsAreSetAndComputed() {
        Tensor x = Tensor.of(Shape.of(2, 3), 1, 5, 2, 7, 7, -1);
        assertThat(x.argMax()).isEqualTo(3);
        assertThat(x.argMaxOfRows()).containsExactly(1, 0);
        assertThat(x.sum()).isEqualTo(21);
        assertThat(x.mean()).isEqualTo(3.5);
        assertThat(x.plus(x)).isEqualTo(x.times(2));
        assertThat(x.minus(x).sum()).isZero();
        assertThat(x.times(x).get(1, 2)).isEqualTo(1);
        assertThat(x.map(Math::abs).get(1, 2)).isEqualTo(1);
        Tensor view = x.rows(1, 2);
        view.set(9, 0, 2);
        assertThat(x.get(1, 2)).isEqualTo(9);
        x.set(new float[] {0, 0, 0, 4, 5, 6});
        assertThat(view.toArray()).containsExactly(4, 5, 6);
        assertThat(Tensor.of(Shape.of(3), 1, Float.NaN, 2).argMax()).isEqualTo(1);
        assertThatThrownBy(() -> x.set(new float[5])).hasMessageContaining("expects 6 values, got 5");
        assertThatThrownBy(() -> x.plus(view)).hasMessageContaining("expects a tensor of the same shape, got [1×3]");
        assertThatThrownBy(() -> x.set(1, 2, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(Tensor.EMPTY::argMax).hasMessageContaining("expects an element, got none");
    }

    @Test
    void lengthsAreWholeNumbers() {
        Tensor ids = Tensor.of(new float[][] {{4, 17, 9}, {31, 5, 0}});
        assertThat(ids.withLengths(3, 2).lengths()).isEqualTo(Tensor.of(Shape.of(2), 3, 2));
        assertThatThrownBy(() -> ids.withLengths(3, 4)).hasMessageContaining("got 4");
    }

    private static final Tensor T = Tensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);

    @Test
    void elementsAreRowMajor() {
        assertThat(T.get(0, 2)).isEqualTo(3);
        assertThat(T.get(1, 0)).isEqualTo(4);
        assertThat(Tensor.of(Shape.of(), 7).get()).isEqualTo(7);
        assertThat(T.toRows()).isDeepEqualTo(new float[][] {{1, 2, 3}, {4, 5, 6}});
        assertThat(Tensor.of(T.toRows())).isEqualTo(T);
    }

    @Test
    void indicesOutsideTheShapeAreRefused() {
        assertThatThrownBy(() -> T.get(0, 3))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("index 3 on axis 1 of a tensor [2×3]");
        assertThatThrownBy(() -> T.get(-1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> T.get(1))
                .isInstanceOf(ShapeException.class)
                .hasMessage("tensor [2×3]: expects 2 indices, got 1");
    }

    @Test
    void valuesAreCopiedAndMustFillTheShape() {
        float[] values = {1, 2};
        Tensor tensor = Tensor.of(Shape.of(2), values);
        values[0] = 9;
        assertThat(tensor.get(0)).isEqualTo(1);
        assertThatThrownBy(() -> Tensor.of(Shape.of(3), 1, 2))
                .isInstanceOf(ShapeException.class)
                .hasMessage("tensor [3]: expects 3 values, got 2");
    }

    @Test
    void raggedRowsAreRefusedByTheirNumber() {
        assertThatThrownBy(() -> Tensor.of(new float[][] {{1, 2}, {3}}))
                .isInstanceOf(ShapeException.class)
                .hasMessage("row 1: expects 2 values like row 0, got 1");
        assertThat(Tensor.of(new float[0][]).shape()).isEqualTo(Shape.of(0, 0));
    }

    @Test
    void aViewSharesItsNumbersAndMustFitInItsArray() {
        float[] array = {0, 1, 2, 3, 4};
        Tensor view = Tensor.view(Shape.of(2, 2), array, 1);
        array[2] = 9;
        assertThat(view.get(0, 1)).isEqualTo(9);
        assertThat(view.offset()).isEqualTo(1);
        assertThat(view.array()).isSameAs(array);
        for (int offset : new int[] {-1, 2}) {
            assertThatThrownBy(() -> Tensor.view(Shape.of(2, 2), array, offset))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("tensor [2×2]: expects 4 values from " + offset + ", got an array of 5");
        }
    }

    @Test
    void rowsAndOtherShapesAreViews() {
        Tensor tensor = T.copy();
        Tensor row = tensor.rows(1, 2);
        assertThat(row).isEqualTo(Tensor.of(new float[][] {{4, 5, 6}}));
        Tensor turned = tensor.reshape(Shape.of(3, 2));
        tensor.array()[3] = 40;
        assertThat(row.get(0, 0)).isEqualTo(40);
        assertThat(turned.get(1, 1)).isEqualTo(40);
        assertThat(row.rows(0, 0).size()).isZero();
        assertThatThrownBy(() -> tensor.reshape(Shape.of(5)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("tensor [2×3]: expects a shape of 6 elements, got [5]");
        assertThatThrownBy(() -> tensor.rows(1, 3))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("rows 1 to 3 of a tensor [2×3]");
        assertThatThrownBy(() -> tensor.rows(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void copiesAreTheirOwn() {
        Tensor copy = T.copy();
        copy.array()[0] = 9;
        copy.toArray()[1] = 9;
        assertThat(T.get(0, 0)).isEqualTo(1);
        assertThat(copy.get(0, 1)).isEqualTo(2);
    }

    @Test
    void tensorsAreEqualByShapeAndBits() {
        float[] array = {7, 1, Float.NaN, -0f};
        Tensor a = Tensor.view(Shape.of(3), array, 1);
        Tensor b = Tensor.of(Shape.of(3), 1, Float.NaN, -0f);
        assertThat(a).isEqualTo(b).hasSameHashCodeAs(b);
        assertThat(a).isNotEqualTo(Tensor.of(Shape.of(3), 1, Float.NaN, 0f));
        assertThat(a).isNotEqualTo(b.reshape(Shape.of(3, 1)));
    }

    @Test
    void aLongTensorIsPrintedShort() {
        assertThat(T).hasToString("[2×3] [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]");
        assertThat(Tensor.zeros(Shape.of(100))).hasToString("[100] [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, …]");
    }

    @Test
    void aMatrixTakesTheFirstAxisByAllOthersAndItsTransposeCopiesNothing() {
        Tensor tensor = Tensor.zeros(Shape.of(2, 3, 4));
        Matrix matrix = tensor.matrix();
        assertThat(matrix).hasToString("[2×12]").isSameAs(tensor.matrix());
        assertThat(matrix.rowStride()).isEqualTo(12);
        assertThat(matrix.columnStride()).isEqualTo(1);
        Matrix transpose = matrix.transpose();
        assertThat(transpose).hasToString("[12×2]");
        assertThat(transpose.rowStride()).isEqualTo(1);
        assertThat(transpose.columnStride()).isEqualTo(12);
        assertThat(transpose.array()).isSameAs(tensor.array());
        assertThat(transpose.transpose()).isSameAs(matrix);
        assertThat(Tensor.of(Shape.of(), 3).matrix()).hasToString("[1×1]");
        assertThat(Tensor.zeros(Shape.of(0, 5)).matrix()).hasToString("[0×5]");
        assertThat(T.rows(1, 2).matrix().offset()).isEqualTo(3);
    }

    @Test
    void aSliceOfTheFirstAxisIsAViewAndOfAnotherACopy() {
        Tensor t = Tensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
        Tensor row = t.slice(0, 1, 2);
        Tensor columns = t.slice(1, 1, 3);
        assertThat(row).isEqualTo(Tensor.of(Shape.of(1, 3), 4, 5, 6));
        assertThat(columns).isEqualTo(Tensor.of(Shape.of(2, 2), 2, 3, 5, 6));
        t.array()[4] = 9;
        assertThat(row.get(0, 1)).isEqualTo(9);
        assertThat(columns.get(1, 0)).isEqualTo(5);
        assertThat(t.slice(1, 2, 2).shape()).isEqualTo(Shape.of(2, 0));
        assertThat(t.slice(1, 0, 3)).isEqualTo(t);
    }

    @Test
    void slicesAndSelectionsOfEachAxisAreThoseElements() {
        float[] numbers = new float[2 * 3 * 4 * 5];
        for (int i = 0; i < numbers.length; i++) numbers[i] = i;
        Tensor t = Tensor.view(Shape.of(2, 3, 4, 5), numbers, 0);
        for (int axis = 0; axis < 4; axis++) {
            Tensor slice = t.slice(axis, 1, 2);
            Tensor selected = t.select(axis, 1);
            assertThat(selected.shape().rank()).isEqualTo(3);
            assertThat(selected.toArray()).isEqualTo(slice.toArray());
        }
        assertThat(t.select(0, 1).get(2, 3, 4)).isEqualTo(t.get(1, 2, 3, 4));
        assertThat(t.select(1, 2).get(1, 3, 4)).isEqualTo(t.get(1, 2, 3, 4));
        assertThat(t.select(2, 3).get(1, 2, 4)).isEqualTo(t.get(1, 2, 3, 4));
        assertThat(t.select(3, 4).get(1, 2, 3)).isEqualTo(t.get(1, 2, 3, 4));
        assertThat(Tensor.of(Shape.of(2), 5, 7).select(0, 1)).isEqualTo(Tensor.of(Shape.SCALAR, 7));
    }

    @Test
    void slicesOutsideTheShapeAreRefused() {
        assertThatThrownBy(() -> T.slice(1, 2, 4))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("indices 2 to 4 on axis 1 of a tensor [2×3]");
        assertThatThrownBy(() -> T.slice(2, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> T.select(0, 2))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("index 2 on axis 0 of a tensor [2×3]");
        assertThatThrownBy(() -> Tensor.of(Shape.SCALAR, 1).select(0, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void theEmptyTensorHasNoNumbers() {
        assertThat(Tensor.EMPTY).isEqualTo(Tensor.zeros(Shape.of(0)));
    }
}
