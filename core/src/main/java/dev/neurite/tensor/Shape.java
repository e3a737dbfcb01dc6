package dev.neurite.tensor;

import dev.neurite.error.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The extents of a tensor's axes, outermost first: `[64×10]` is 64 rows of 10.
///
/// Shapes in layers are those of *one row*, without the batch axis. One axis of such a shape may be open: its
/// extent is unknown until there is data, as of the time axis of a sequence. It is printed as `?`. Rank 0 (a single
/// number) and extents of 0 are legal.
public final class Shape {
    /// The extent of an axis that is not known yet.
    public static final int OPEN = -1;

    /// The shape of a single number: rank 0.
    public static final Shape SCALAR = new Shape(new int[0]);

    private final int[] extents;
    private final int size;
    private @Nullable Shape row; // computed when first needed

    private Shape(int[] extents) {
        this.extents = extents;
        long product = 1;
        int open = 0;
        for (int extent : extents) {
            if (extent < OPEN) {
                throw new ShapeException("shape", "expects extents of 0 or more, got " + Arrays.toString(extents));
            }
            if (extent == OPEN) open++;
            else product = Math.multiplyExact(product, (long) extent);
            if (product > Integer.MAX_VALUE) {
                throw new ShapeException("shape", "expects at most 2³¹−1 elements, got " + Arrays.toString(extents));
            }
        }
        if (open > 1) {
            throw new ShapeException("shape", "expects at most one open axis, got " + Arrays.toString(extents));
        }
        this.size = open == 0 ? (int) product : OPEN;
    }

    /// A shape of these extents; without any, of rank 0.
    /// @throws ShapeException for a negative extent, except one [#OPEN], or for more than 2³¹−1 elements
    public static Shape of(int... extents) {
        return extents.length == 0 ? SCALAR : new Shape(extents.clone());
    }

    /// The number of axes.
    public int rank() {
        return extents.length;
    }

    /// The extent of an axis, counted from 0.
    public int extent(int axis) {
        return extents[axis];
    }

    /// All extents, outermost first.
    public List<Integer> extents() {
        return Arrays.stream(extents).boxed().toList();
    }

    /// The number of elements, the product of the extents (1 for rank 0).
    /// @throws ShapeException if an axis is open
    public int size() {
        if (size == OPEN) throw new ShapeException("shape " + this, "expects all extents to be known here");
        return size;
    }

    /// Whether no axis is open.
    public boolean isKnown() {
        return size != OPEN;
    }

    /// Whether no axis of any of these is open.
    public static boolean areKnown(List<Shape> shapes) {
        return shapes.stream().allMatch(Shape::isKnown);
    }

    /// This shape with an extent for its open axis: `[?×8]` becomes `[20×8]`; itself if it has none.
    public Shape withOpen(int extent) {
        if (isKnown()) return this;
        int[] known = extents.clone();
        for (int i = 0; i < known.length; i++) if (known[i] == OPEN) known[i] = extent;
        return new Shape(known);
    }

    /// The shape of a batch of rows of this shape: `[10]` becomes `[64×10]`.
    public Shape forRows(int rows) {
        int[] longer = new int[extents.length + 1];
        longer[0] = rows;
        System.arraycopy(extents, 0, longer, 1, extents.length);
        return new Shape(longer);
    }

    /// The shape of one row of a batch of this shape: `[64×10]` becomes `[10]`.
    /// @throws ShapeException at rank 0
    public Shape row() {
        if (extents.length == 0) throw new ShapeException("shape []", "expects a batch axis, got a single number");
        Shape known = row;
        if (known == null) {
            known = of(Arrays.copyOfRange(extents, 1, extents.length));
            row = known;
        }
        return known;
    }

    /// Whether a tensor of the other shape fits this shape: the extents are equal; an open axis accepts any extent
    /// but 0.
    public boolean accepts(Shape other) {
        if (other.extents.length != extents.length) return false;
        for (int i = 0; i < extents.length; i++) {
            if (extents[i] == OPEN ? other.extents[i] == 0 : extents[i] != other.extents[i]) return false;
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(extents);
    }

    /// The extents as `[64×10]`; `[]` for rank 0.
    @Override
    public String toString() {
        return Arrays.stream(extents)
                .mapToObj(extent -> extent == OPEN ? "?" : Integer.toString(extent))
                .collect(Collectors.joining("×", "[", "]"));
    }
}
