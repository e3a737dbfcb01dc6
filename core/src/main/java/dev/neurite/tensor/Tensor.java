package dev.neurite.tensor;

import dev.neurite.error.ShapeException;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// An array of float32 elements with a shape: a view of a `float[]`, in row-major order except between
/// layers of a network, see [#layout()].
///
/// <!-- Snippets#tensor -->
/// ```java
/// Tensor matrix = Tensor.of(new float[][] {{1, 2, 3}, {4, 5, 6}});
/// Tensor ones = Tensor.filled(Shape.of(2, 3), 1);
/// Tensor sum = matrix.plus(ones).times(2);
/// int[] largest = sum.argMaxOfRows(); //                    [2, 2]
/// ```
///
/// In data and activations the first axis is the batch, with one row per sample. [#reshape] and
/// [#rows(int, int)] return views that share the elements. Arithmetic is in
/// `dev.neurite.kernel.Kernels`; layers never access [#array()] themselves.
public final class Tensor {
    /// A tensor `[0]` without elements, for arguments that may be omitted.
    public static final Tensor EMPTY = zeros(Shape.of(0));

    private final Shape shape;
    private final float[] array;
    private final int offset;
    private final Layout layout;
    private final @Nullable Tensor lengths;
    private @Nullable Matrix matrix;
    private @Nullable Tensor positions;

    private Tensor(Shape shape, float[] array, int offset) {
        this(shape, array, offset, Layout.ROW_MAJOR);
    }

    private Tensor(Shape shape, float[] array, int offset, Layout layout) {
        this(shape, array, offset, layout, null);
    }

    private Tensor(Shape shape, float[] array, int offset, Layout layout, @Nullable Tensor lengths) {
        this.shape = shape;
        this.array = array;
        this.offset = offset;
        this.layout = layout;
        this.lengths = lengths;
    }

    /// A new tensor of zeros.
    public static Tensor zeros(Shape shape) {
        return new Tensor(shape, new float[shape.size()], 0);
    }

    /// A new tensor with a copy of these values, row-major.
    /// @throws ShapeException if their number is not the size of the shape
    public static Tensor of(Shape shape, float... values) {
        if (values.length != shape.size()) {
            throw new ShapeException("tensor " + shape, "expects " + shape.size() + " values, got " + values.length);
        }
        return new Tensor(shape, values.clone(), 0);
    }

    /// A new tensor with the same value everywhere.
    public static Tensor filled(Shape shape, float value) {
        float[] values = new float[shape.size()];
        Arrays.fill(values, value);
        return new Tensor(shape, values, 0);
    }

    /// A new tensor `[rows × columns]` with a copy of these rows.
    /// @throws ShapeException if the rows differ in length
    public static Tensor of(float[][] rows) {
        int columns = rows.length == 0 ? 0 : rows[0].length;
        var tensor = zeros(Shape.of(rows.length, columns));
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != columns) {
                throw new ShapeException(
                        "row " + i, "expects " + columns + " values like row 0, got " + rows[i].length);
            }
            System.arraycopy(rows[i], 0, tensor.array, i * columns, columns);
        }
        return tensor;
    }

    /// A view of part of an array: nothing is copied, and changes of the array are visible in the tensor and vice
    /// versa.
    /// @throws ShapeException if the array is too short
    public static Tensor view(Shape shape, float[] array, int offset) {
        if (offset < 0 || offset > array.length - shape.size()) {
            throw new ShapeException(
                    "tensor " + shape,
                    "expects " + shape.size() + " values from " + offset + ", got an array of " + array.length);
        }
        return new Tensor(shape, array, offset);
    }

    /// [#view(Shape, float\[\], int)] of elements in another order.
    /// @throws ShapeException also if the shape cannot have this layout, see [Layout#canBlock]
    public static Tensor view(Shape shape, float[] array, int offset, Layout layout) {
        Tensor view = view(shape, array, offset);
        if (layout == Layout.ROW_MAJOR) return view;
        if (shape.rank() == 0 || !Layout.canBlock(shape.row())) {
            throw new ShapeException(
                    "tensor " + shape, "expects images of a multiple of " + Layout.BLOCK + " channels for " + layout);
        }
        return new Tensor(shape, array, offset, layout);
    }

    /// The same elements as sequences of these lengths: of each row the first steps along the second axis, the others
    /// are padding, which layers ignore. A view.
    /// @param ofRows `[rows]`, whole numbers from 1 to the extent of the second axis
    /// @throws ShapeException for less than two axes, or another number of lengths
    /// @throws dev.neurite.error.DataException for a length that is out of range
    public Tensor withLengths(Tensor ofRows) {
        Lengths.check("lengths", ofRows, shape);
        return new Tensor(shape, array, offset, layout, ofRows);
    }

    /// The same elements as sequences of these lengths, see [#withLengths(Tensor)].
    /// @param ofRows the length of each row
    /// @throws ShapeException for less than two axes, or another number of lengths
    /// @throws dev.neurite.error.DataException for a length that is out of range
    public Tensor withLengths(int... ofRows) {
        float[] numbers = new float[ofRows.length];
        for (int i = 0; i < numbers.length; i++) numbers[i] = ofRows[i];
        return withLengths(new Tensor(Shape.of(ofRows.length), numbers, 0));
    }

    /// The lengths of padded sequences, `[rows]`; empty if all rows have all steps.
    public Tensor lengths() {
        return lengths == null ? EMPTY : lengths;
    }

    /// The order of the elements in [#array()]. All methods but [#array()] count them in row-major order.
    public Layout layout() {
        return layout;
    }

    /// The shape, batch axis included.
    public Shape shape() {
        return shape;
    }

    /// The number of elements.
    public int size() {
        return shape.size();
    }

    /// The extent of the first axis, the batch; 1 for rank 0.
    public int rows() {
        return shape.rank() == 0 ? 1 : shape.extent(0);
    }

    /// One element, by an index for each axis.
    /// @throws IndexOutOfBoundsException outside the shape
    public float get(int... index) {
        return array[offset + place(index)];
    }

    /// Sets one element, by an index for each axis.
    /// @throws IndexOutOfBoundsException outside the shape
    public void set(float value, int... index) {
        array[offset + place(index)] = value;
    }

    /// Sets all elements, row-major.
    /// @throws ShapeException for another number of values, or channels in blocks
    public void set(float[] values) {
        requireRowMajor();
        if (values.length != size()) {
            throw new ShapeException("tensor " + shape, "expects " + size() + " values, got " + values.length);
        }
        System.arraycopy(values, 0, array, offset, values.length);
    }

    /// The place of an element, by an index for each axis.
    private int place(int[] index) {
        if (index.length != shape.rank()) {
            throw new ShapeException("tensor " + shape, "expects " + shape.rank() + " indices, got " + index.length);
        }
        int at = 0;
        for (int axis = 0; axis < index.length; axis++) {
            int extent = shape.extent(axis);
            if (index[axis] < 0 || index[axis] >= extent) {
                throw new IndexOutOfBoundsException(
                        "index " + index[axis] + " on axis " + axis + " of a tensor " + shape);
            }
            at = at * extent + index[axis];
        }
        return layout == Layout.ROW_MAJOR ? at : inBlocks(at);
    }

    /// The place of an element in blocks, by its index in row-major order.
    private int inBlocks(int index) {
        int plane = shape.extent(2) * shape.extent(3);
        int channel = index / plane;
        return (channel / Layout.BLOCK * plane + index % plane) * Layout.BLOCK + channel % Layout.BLOCK;
    }

    /// @throws ShapeException in blocks, of which a view in row-major order is not possible
    private void requireRowMajor() {
        if (layout != Layout.ROW_MAJOR) {
            throw new ShapeException(
                    "tensor " + shape,
                    "expects row-major order, got channels in blocks",
                    "Convert it: Pass.inLayout in a layer, Planes.convert in kernels");
        }
    }

    /// The same elements in another shape; a view.
    /// @throws ShapeException if the number of elements differs, or they are not in row-major order
    public Tensor reshape(Shape other) {
        requireRowMajor();
        if (other.size() != size()) {
            throw new ShapeException("tensor " + shape, "expects a shape of " + size() + " elements, got " + other);
        }
        return new Tensor(other, array, offset);
    }

    /// Rows `from` (inclusive) to `to` (exclusive) of the first axis; a view.
    /// @throws IndexOutOfBoundsException outside the rows
    public Tensor rows(int from, int to) {
        if (from < 0 || to < from || to > rows()) {
            throw new IndexOutOfBoundsException("rows " + from + " to " + to + " of a tensor " + shape);
        }
        if (from == 0 && to == rows()) return this;
        Shape row = shape.row();
        Tensor some = lengths == null ? null : lengths.rows(from, to);
        return new Tensor(row.forRows(to - from), array, offset + from * row.size(), layout, some);
    }

    /// A copy of the rows at these indices of the first axis, in this order, with their lengths.
    /// @throws IndexOutOfBoundsException for an index outside the rows
    public Tensor rowsAt(int... indices) {
        requireRowMajor();
        int n = shape.row().size();
        float[] some = new float[indices.length * n];
        for (int i = 0; i < indices.length; i++) {
            Objects.checkIndex(indices[i], rows());
            System.arraycopy(array, offset + indices[i] * n, some, i * n, n);
        }
        Tensor ofRows = lengths == null ? null : lengths.rowsAt(indices);
        return new Tensor(shape.row().forRows(indices.length), some, 0, Layout.ROW_MAJOR, ofRows);
    }

    /// A slice: indices `from` (inclusive) to `to` (exclusive) of an axis. Along the first axis it is a view, as from
    /// [#rows(int, int)]; along any other a copy.
    /// @param axis from 0
    /// @throws IndexOutOfBoundsException for an axis or indices outside the shape
    public Tensor slice(int axis, int from, int to) {
        Objects.checkIndex(axis, shape.rank());
        int extent = shape.extent(axis);
        if (from < 0 || to < from || to > extent) {
            throw new IndexOutOfBoundsException(
                    "indices " + from + " to " + to + " on axis " + axis + " of a tensor " + shape);
        }
        if (axis == 0) return rows(from, to);
        requireRowMajor();
        int before = 1;
        int after = 1;
        int[] extents = new int[shape.rank()];
        for (int i = 0; i < extents.length; i++) {
            extents[i] = i == axis ? to - from : shape.extent(i);
            if (i < axis) before *= extents[i];
            else if (i > axis) after *= extents[i];
        }
        Tensor part = zeros(Shape.of(extents));
        int length = (to - from) * after;
        for (int i = 0; i < before; i++) {
            System.arraycopy(array, offset + (i * extent + from) * after, part.array, i * length, length);
        }
        return part;
    }

    /// The elements at one index of an axis, without that axis: `select(0, 5)` of `[64×28×28]` is the sixth image,
    /// `[28×28]`. Along the first axis it is a view; along any other a copy.
    /// @param axis from 0
    /// @throws IndexOutOfBoundsException for an axis or an index outside the shape
    public Tensor select(int axis, int index) {
        Objects.checkIndex(axis, shape.rank());
        if (index < 0 || index >= shape.extent(axis)) {
            throw new IndexOutOfBoundsException("index " + index + " on axis " + axis + " of a tensor " + shape);
        }
        int[] extents = new int[shape.rank() - 1];
        for (int i = 0; i < extents.length; i++) extents[i] = shape.extent(i < axis ? i : i + 1);
        return slice(axis, index, index + 1).reshape(Shape.of(extents));
    }

    /// A copy with its own array, in row-major order.
    public Tensor copy() {
        return new Tensor(shape, toArray(), 0, Layout.ROW_MAJOR, lengths == null ? null : lengths.copy());
    }

    /// A copy of the elements, row-major.
    public float[] toArray() {
        float[] copy = Arrays.copyOfRange(array, offset, offset + size());
        if (layout == Layout.BLOCKED) {
            for (int i = 0; i < copy.length; i++) copy[i] = array[offset + inBlocks(i)];
        }
        return copy;
    }

    /// A copy with one array per row: the first axis by all others.
    public float[][] toRows() {
        int rows = rows();
        int columns = rows == 0 ? 0 : size() / rows;
        float[] all = toArray();
        float[][] copy = new float[rows][];
        for (int i = 0; i < rows; i++) copy[i] = Arrays.copyOfRange(all, i * columns, (i + 1) * columns);
        return copy;
    }

    /// The elements with all axes but the last as one: `[64×20×8]` becomes `[1280×8]`, a row for each of 20
    /// positions of 64 sequences. A view; this tensor itself if it has two axes.
    /// @throws ShapeException if they are not in row-major order, or for less than two axes
    public Tensor positions() {
        if (shape.rank() == 2) return this;
        Tensor cached = positions;
        if (cached == null) {
            if (shape.rank() < 2) throw new ShapeException("tensor " + shape, "expects at least two axes");
            int columns = shape.extent(shape.rank() - 1);
            int rows = 1;
            for (int axis = 0; axis < shape.rank() - 1; axis++) rows *= shape.extent(axis);
            cached = reshape(Shape.of(rows, columns));
            positions = cached;
        }
        return cached;
    }

    /// The elements as a matrix `[first axis × all others]`; a view.
    /// @throws ShapeException if they are not in row-major order
    public Matrix matrix() {
        Matrix cached = matrix;
        if (cached == null) {
            requireRowMajor();
            int rows = rows();
            int columns = shape.rank() == 0 ? 1 : shape.row().size();
            cached = new Matrix(array, offset, rows, columns, columns, 1);
            matrix = cached;
        }
        return cached;
    }

    /// The array that holds the elements, from [#offset()] on, in the order of [#layout()]. For kernels and
    /// file formats; writing to it changes every view.
    public float[] array() {
        return array;
    }

    /// The index of the first element in [#array()].
    public int offset() {
        return offset;
    }

    /// A new tensor: this function of each element. `Math.exp`, `Math.sin` and the like may give other bits in another
    /// JVM; [dev.neurite.kernel.ScalarMath] and `StrictMath` do not.
    public Tensor map(DoubleUnaryOperator function) {
        float[] values = toArray();
        for (int i = 0; i < values.length; i++) values[i] = (float) function.applyAsDouble(values[i]);
        return new Tensor(shape, values, 0);
    }

    /// A new tensor: the sums of the elements of both.
    /// @throws ShapeException for another shape; there is no broadcasting
    public Tensor plus(Tensor other) {
        return with(other, (x, y) -> x + y);
    }

    /// A new tensor: the elements minus those of the other.
    /// @throws ShapeException for another shape; there is no broadcasting
    public Tensor minus(Tensor other) {
        return with(other, (x, y) -> x - y);
    }

    /// A new tensor: the products of the elements of both.
    /// @throws ShapeException for another shape; there is no broadcasting
    public Tensor times(Tensor other) {
        return with(other, (x, y) -> x * y);
    }

    /// A new tensor: each element times a number.
    public Tensor times(float factor) {
        return map(x -> (float) x * factor);
    }

    /// Sums, differences and products of floats, rounded once, as double has more than twice their digits.
    private Tensor with(Tensor other, DoubleBinaryOperator function) {
        if (!other.shape.equals(shape)) {
            throw new ShapeException("tensor " + shape, "expects a tensor of the same shape, got " + other.shape);
        }
        float[] values = toArray();
        float[] others = other.toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) function.applyAsDouble(values[i], others[i]);
        }
        return new Tensor(shape, values, 0);
    }

    /// The sum of the elements, in double precision, in row-major order.
    public double sum() {
        double sum = 0;
        for (float each : toArray()) sum += each;
        return sum;
    }

    /// The mean of the elements; NaN without any.
    public double mean() {
        return sum() / size();
    }

    /// The index of the largest element, row-major; the first of several, or the first NaN.
    /// @throws ShapeException without elements
    public int argMax() {
        if (size() == 0) throw new ShapeException("tensor " + shape, "expects an element, got none");
        float[] values = toArray();
        int best = 0;
        for (int i = 1; i < values.length && !Float.isNaN(values[best]); i++) {
            if (values[i] > values[best] || Float.isNaN(values[i])) best = i;
        }
        return best;
    }

    /// [#argMax] of each row: of class scores `[rows × classes]` the label of each row.
    /// @throws ShapeException for rows without elements
    public int[] argMaxOfRows() {
        int[] indices = new int[rows()];
        for (int row = 0; row < indices.length; row++)
            indices[row] = rows(row, row + 1).argMax();
        return indices;
    }

    /// Whether every element is finite: neither NaN nor infinite.
    public boolean isFinite() {
        for (int i = 0; i < size(); i++) {
            if (!Float.isFinite(array[offset + i])) return false;
        }
        return true;
    }

    /// Whether shapes and elements are equal; elements are compared as bits, so NaN equals NaN.
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Tensor tensor) || !shape.equals(tensor.shape)) return false;
        if (layout != tensor.layout) return Arrays.equals(toArray(), tensor.toArray());
        return Arrays.equals(
                array, offset, offset + size(), tensor.array, tensor.offset, tensor.offset + tensor.size());
    }

    @Override
    public int hashCode() {
        return 31 * shape.hashCode() + Arrays.hashCode(toArray());
    }

    /// The shape and the first few elements.
    @Override
    public String toString() {
        int shown = Math.min(size(), 8);
        String numbers = Arrays.toString(Arrays.copyOf(toArray(), shown));
        return shape + " " + (shown < size() ? numbers.replace("]", ", …]") : numbers);
    }
}
