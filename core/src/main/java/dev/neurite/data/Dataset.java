package dev.neurite.data;

import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/// Rows of inputs, each with its answer: a class label (a whole number from 0), or values.
///
/// Open to implementations that read rows from anywhere. They must be safe to read from several threads,
/// give the same row for the same index each time, and hold no half-checked data: what is wrong is refused
/// when the data set is made.
public interface Dataset extends RowSource {
    /// The largest number of classes that are named by their numbers.
    int MOST_CLASSES = 65_536;

    /// The number of rows.
    @Override
    int size();

    /// The shape of one row's input.
    @Override
    Shape inputShape();

    /// The names of the classes, by label; empty when the answers are values.
    List<String> classNames();

    /// The shape of one row's answer: rank 0 for class labels.
    Shape targetShape();

    /// Writes the input of a row, row-major, into `array` from `at` on.
    @Override
    void readInput(int row, float[] array, int at);

    /// The class label of a row, from 0 to the number of classes − 1.
    /// @throws UnsupportedOperationException when the answers are values
    int label(int row);

    /// Writes the values that answer a row into `array` from `at` on.
    /// @throws UnsupportedOperationException when the answers are class labels
    void readTarget(int row, float[] array, int at);

    /// How much a row counts in losses and gradients, at least 0 and finite: 1 unless [#isWeighted()].
    default float weight(int row) {
        return 1;
    }

    /// Whether rows have weights other than 1.
    default boolean isWeighted() {
        return false;
    }

    /// Whether inputs were scaled when the data was made, as by a [dev.neurite.data.table.Preprocessing], so that a
    /// network need not standardize them.
    default boolean isPrepared() {
        return false;
    }

    /// Whether rows are in a file outside the heap, as large ones are.
    default boolean isMapped() {
        return false;
    }

    /// Data sets with the answers for each output of a network, row by row: this one alone, unless it is
    /// [#joint].
    default List<Dataset> answers() {
        return List.of(this);
    }

    /// Whether the answers are class labels.
    default boolean isLabeled() {
        return !classNames().isEmpty();
    }

    /// Inputs with a class label each; classes are named by their numbers.
    /// @param inputs `[rows][features]`, finite, copied
    /// @param labels one a row, from 0
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data, or a label below 0
    static Dataset of(float[][] inputs, int[] labels) {
        return of(inputs, labels, ArrayDataset.numbered(labels));
    }

    /// Inputs with a class label each, and the names of the classes.
    /// @param inputs `[rows][features]`, finite, copied
    /// @param labels one a row, from 0 to the number of names − 1
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data, or a label out of range
    static Dataset of(float[][] inputs, int[] labels, List<String> classNames) {
        return ArrayDataset.labeled(inputs, labels, classNames);
    }

    /// Inputs with a class label each that some rows lack, for losses that ignore it.
    /// @param inputs `[rows][features]`, finite, copied
    /// @param labels one a row, from 0 to the number of names − 1, or `missing`
    /// @param missing what stands for no label: `-1`, say
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data, or a label out of range
    static Dataset of(float[][] inputs, int[] labels, List<String> classNames, int missing) {
        return ArrayDataset.labeled(inputs, labels, classNames, missing);
    }

    /// Inputs without answers, for losses that need none.
    /// @param inputs `[rows][features]`, finite, copied
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data
    static Dataset of(float[][] inputs) {
        return ArrayDataset.unanswered(inputs);
    }

    /// Inputs with values as answers: regression targets, or a probability for each class.
    /// @param inputs `[rows][features]`, finite, copied
    /// @param targets `[rows][outputs]`, finite, copied
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data
    static Dataset of(float[][] inputs, float[][] targets) {
        return ArrayDataset.valued(inputs, targets);
    }

    /// Inputs of any shape with a class label each: images as `[rows × channels × height × width]`, say.
    /// @param inputs a row an example, finite, not copied
    /// @param labels one a row, from 0 to the number of names − 1, copied
    /// @throws dev.neurite.error.DataException for non-finite or missing data, or a label out of range
    /// @throws dev.neurite.error.ShapeException for inputs that are no rows
    static Dataset of(Tensor inputs, int[] labels, List<String> classNames) {
        return new TensorDataset(inputs, labels, classNames);
    }

    /// Inputs of any shape with a class label each; classes are named by their numbers.
    /// @param inputs a row an example, finite, not copied
    /// @param labels one a row, from 0, copied
    /// @throws dev.neurite.error.DataException for non-finite or missing data, or a label below 0
    /// @throws dev.neurite.error.ShapeException for inputs that are no rows
    static Dataset of(Tensor inputs, int[] labels) {
        return new TensorDataset(inputs, labels, ArrayDataset.numbered(labels));
    }

    /// Inputs of any shape with values as answers.
    /// @param inputs a row an example, finite, not copied
    /// @param targets as many rows, finite, not copied
    /// @throws dev.neurite.error.DataException for non-finite or missing data
    /// @throws dev.neurite.error.ShapeException for tensors that are no rows
    static Dataset of(Tensor inputs, Tensor targets) {
        return new TensorDataset(inputs, targets);
    }

    /// Reads rows with a class label each from a stream, once and in its order; classes are named by their
    /// numbers. For a list of records, `labeled(list.stream(), …)`.
    ///
    /// The rows stay in memory, three quarters of the heap at most. The stream is the caller's to close.
    /// @param inputs the numbers of a row, as many for each, finite, copied
    /// @param label of a row, from 0
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data, or a label below 0,
    /// with the number of the row
    /// @throws dev.neurite.error.ResourceException for more rows than the heap has room for
    static <T> Dataset labeled(Stream<T> rows, Function<? super T, float[]> inputs, ToIntFunction<? super T> label) {
        return RowCollector.labeled(rows, inputs, label, RowCollector.roomForRows());
    }

    /// Reads rows with a class label each from a stream, where the classes have names. Else as
    /// [#labeled(Stream, Function, ToIntFunction)].
    /// @param inputs the numbers of a row, as many for each, finite, copied
    /// @param label of a row, from 0 to the number of names − 1
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data, or a label out of
    /// range, with the number of the row
    /// @throws dev.neurite.error.ResourceException for more rows than the heap has room for
    static <T> Dataset labeled(
            Stream<T> rows,
            Function<? super T, float[]> inputs,
            ToIntFunction<? super T> label,
            List<String> classNames) {
        return RowCollector.labeled(rows, inputs, label, classNames, RowCollector.roomForRows());
    }

    /// Reads rows with values as answers from a stream, once and in its order, as
    /// [#labeled(Stream, Function, ToIntFunction)] does.
    /// @param inputs the numbers of a row, as many for each, finite, copied
    /// @param targets the numbers that answer a row, as many for each, finite, copied
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data, with the number of the row
    /// @throws dev.neurite.error.ResourceException for more rows than the heap has room for
    static <T> Dataset valued(
            Stream<T> rows, Function<? super T, float[]> inputs, Function<? super T, float[]> targets) {
        return RowCollector.valued(rows, inputs, targets, RowCollector.roomForRows());
    }

    /// Images of one byte a pixel and channel, read as `byte / 255` (0 to 1), with a label each.
    /// @param pixels row-major, images one after the other, not copied
    /// @param image the shape of one image, `[channels × height × width]`
    /// @param labels one byte an image, from 0 to 255
    /// @throws dev.neurite.error.DataException if the counts differ or a label is out of range
    static Dataset ofImages(byte[] pixels, Shape image, byte[] labels, List<String> classNames) {
        return StoredDataset.ofImages(pixels, image, labels, classNames);
    }

    /// Images of one byte a pixel and channel, read as `byte / 255` (0 to 1), with a label each: for
    /// more than 2 GB, or than 256 classes.
    /// @param pixels an array an image, row-major, not copied
    /// @param image the shape of one image, `[channels × height × width]`
    /// @param labels one an image, from 0, copied
    /// @throws dev.neurite.error.DataException if the counts differ or a label is out of range
    static Dataset ofImages(byte[][] pixels, Shape image, int[] labels, List<String> classNames) {
        return StoredDataset.ofImages(pixels, image, labels, classNames);
    }

    /// Images of one byte a pixel and channel, read as `byte / 255` (0 to 1), with a label each, which may be outside
    /// the heap.
    /// @param pixels an image a row
    /// @param image the shape of one image, `[channels × height × width]`
    /// @param labels one an image, from 0, copied
    /// @throws dev.neurite.error.DataException if the counts differ or a label is out of range
    static Dataset ofImages(StoredRows pixels, Shape image, int[] labels, List<String> classNames) {
        return new StoredDataset(pixels, 255, image, labels.clone(), classNames);
    }

    /// Images as those with labels, with values as answers.
    /// @param pixels an image a row
    /// @param image the shape of one image, `[channels × height × width]`
    /// @param targets as many rows, finite
    /// @throws dev.neurite.error.DataException if the counts differ or a value is not finite
    static Dataset ofImages(StoredRows pixels, Shape image, StoredRows targets) {
        return new StoredDataset(pixels, 255, image, targets);
    }

    /// Inputs of any shape, which may be outside the heap, with a class label each.
    /// @param inputs a row an example, finite
    /// @param shape that of a row
    /// @param labels one a row, from 0 to the number of names − 1, copied
    /// @throws dev.neurite.error.DataException for non-finite or missing data, or a label out of range
    static Dataset of(StoredRows inputs, Shape shape, int[] labels, List<String> classNames) {
        return new StoredDataset(inputs, 1, shape, labels.clone(), classNames);
    }

    /// Inputs of any shape, which may be outside the heap, with values as answers.
    /// @param inputs a row an example, finite
    /// @param shape that of a row
    /// @param targets as many rows, finite
    /// @throws dev.neurite.error.DataException for non-finite or missing data
    static Dataset of(StoredRows inputs, Shape shape, StoredRows targets) {
        return new StoredDataset(inputs, 1, shape, targets);
    }

    /// The rows and weights of one data set with its answers and those of others, for a network of as
    /// many outputs.
    /// @param others whose rows belong to those of the first, and whose inputs are not read
    /// @throws dev.neurite.error.DataException if their numbers of rows differ
    static Dataset joint(Dataset first, Dataset... others) {
        return new JointDataset(first, others);
    }

    /// This data set with weights of its rows: how much each counts in losses and gradients.
    /// @param weights one a row, at least 0 and finite, copied
    /// @throws dev.neurite.error.DataException for others, with the row
    default Dataset withWeights(float... weights) {
        return new WeightedDataset(this, weights.clone());
    }

    /// This data set with the labels that its classes have in a list of names, as a model's: what is `dog` here
    /// becomes the label of `dog` there, whatever its place. Classes without rows need not be in the list.
    /// @throws dev.neurite.error.DataException for a row whose class is not in the list, or answers that are values
    default Dataset withClasses(List<String> classNames) {
        return RelabeledDataset.of(this, classNames);
    }

    /// This data set with inputs of another shape of as many numbers, for networks of images: `[64]` as `[1×8×8]`,
    /// say.
    /// @throws dev.neurite.error.ShapeException for a shape of another size
    default Dataset withInputShape(Shape shape) {
        return new ShapedDataset(this, shape);
    }

    /// The rows of this data set with these indices, in their order; nothing is copied.
    default Dataset rows(int... indices) {
        return new RowsDataset(this, indices.clone());
    }

    /// This data set with rows of rarer classes again and again, so that all classes have as many as the
    /// most frequent: each of its rows equally often, or once more. All rows come first, in their order, and
    /// then those that are there again; nothing is copied. A class without rows stays without; rows that
    /// lack a label are there once.
    ///
    /// For the training part alone: what is tested on should be as frequent as it really is. Weights of
    /// classes have the same aim, as [dev.neurite.loss.CrossEntropy#withClassWeights], and need no more
    /// steps an epoch; but a batch without a rare class then learns nothing of it, and one with it much.
    /// @param seed what decides which rows are there once more
    /// @throws dev.neurite.error.ConfigException if the answers are values
    default Dataset balanced(long seed) {
        return rows(Balancing.rows(this, seed));
    }
}
