package dev.neurite.data;

import dev.neurite.error.Spelling;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Layers;
import dev.neurite.model.Node;
import dev.neurite.model.RowOrigin;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Rows of inputs, each with a target: a class label (a whole number from 0), or values; or with such a
/// target for each position of the row, as for the words of a sentence.
///
/// <!-- Snippets#dataset -->
/// ```java
/// float[][] inputs = {{5.1f, 3.5f}, {6.2f, 2.9f}, {4.9f, 3.1f}};
/// Dataset classes = Dataset.of(inputs, new int[] {0, 1, 0}, List.of("setosa", "virginica"));
/// Dataset values = Dataset.of(inputs, new float[][] {{1.4f}, {4.3f}, {1.5f}});
/// ```
///
/// You may implement it to read rows from anywhere. An implementation must be safe to read from several
/// threads, return the same row for the same index each time, and check its data when it is made.
public interface Dataset extends RowSource {
    /// The largest number of classes that can be named by their labels.
    int MOST_CLASSES = 65_536;

    /// The number of rows.
    @Override
    int size();

    /// The shape of one row's input, with an open first axis if rows have different numbers of steps.
    /// @throws dev.neurite.error.ShapeException for rows of several inputs, which [#inputs()] has
    @Override
    Shape inputShape();

    /// The names of the classes, by label; empty for target values.
    List<String> classNames();

    /// The shape of one row's target: rank 0 for a class label, such as `[20]` for a label at each of 20
    /// positions. The first axis is open ([Shape#OPEN]) if rows differ in their numbers of positions.
    Shape targetShape();

    /// The number of positions of a row's target, the extent of an open axis of [#targetShape()]: by
    /// default the number of steps of its input.
    default int targetLength(int row) {
        return length(row);
    }

    /// Writes the input of a row, row-major, into `array` from `at` on.
    @Override
    void readInput(int row, float[] array, int at);

    /// The class label of a row, from 0 to the number of classes − 1.
    /// @throws UnsupportedOperationException if the targets are values, or there is a label for each position
    int label(int row);

    /// Writes the class labels of a row into `array` from `at` on: one, or one for each position.
    /// @throws UnsupportedOperationException if the targets are values
    default void readLabels(int row, int[] array, int at) {
        array[at] = label(row);
    }

    /// Writes the target values of a row into `array` from `at` on.
    /// @throws UnsupportedOperationException if the targets are class labels
    void readTarget(int row, float[] array, int at);

    /// The factor of a row's loss and gradients, at least 0 and finite: 1 unless [#isWeighted()].
    /// @throws UnsupportedOperationException if there is a weight for each position
    default float weight(int row) {
        return 1;
    }

    /// Whether rows, or positions, have weights other than 1.
    default boolean isWeighted() {
        return false;
    }

    /// Whether there is a weight for each position of a row's target, read by [#readWeights].
    default boolean weighsPositions() {
        return false;
    }

    /// Writes the weights of a row into `array` from `at` on: one, or one for each position of its target.
    default void readWeights(int row, float[] array, int at) {
        array[at] = weight(row);
    }

    /// Whether inputs are already scaled, as by a [dev.neurite.data.table.Preprocessing], so that a
    /// network need not standardize them.
    default boolean isPrepared() {
        return false;
    }

    /// Where inputs have the past of the targets, as in a window of a time series: for each value that is
    /// forecast at a step, in their order. Empty if they have not, or not as a number for each step.
    default List<Past> past() {
        return List.of();
    }

    /// An input that has the past of a target: (value of the target − shift) / scale.
    /// @param input its index among the inputs of a step
    /// @param shift in the units of the target
    /// @param scale in the units of the target, above 0
    record Past(int input, double shift, double scale) {}

    /// Whether rows are in a memory-mapped file, outside the heap.
    default boolean isMapped() {
        return false;
    }

    /// A data set for each output of a network, with its targets row by row: only this one, unless it
    /// is [#joint].
    default List<Dataset> targetsByOutput() {
        return List.of(this);
    }

    /// What raw values the targets were made of, by default the same as the inputs; empty where that is not known.
    default Optional<RowOrigin> targetOrigin() {
        return origin();
    }

    /// For labels a dense layer with an output and a softmax for each class, for values a dense layer with an output
    /// for each value, after a `flatten` where a row has one target and its features have several axes. These suit
    /// cross-entropy and the mean squared error; [dev.neurite.network.OutputHead] has the layer for other losses.
    /// @throws dev.neurite.error.ShapeException for a target for each step, if the features are those of a row
    @Override
    default List<Node> outputLayers(Shape features) {
        if (targetsByOutput().size() != 1) return List.of();
        int axes = targetShape().rank() - (isLabeled() ? 0 : 1); // of positions
        int outputs = isLabeled() ? classNames().size() : targetShape().extent(Math.max(0, axes));
        if (axes > 1 || outputs == 0) return List.of();
        if (axes == 1 && features.rank() < 2) {
            throw TargetRow.onePerRow(isLabeled() ? "label" : "value", targetShape(), features);
        }
        Node last = Layers.dense(outputs, isLabeled() ? Activation.SOFTMAX : Activation.IDENTITY);
        return axes == 0 && features.rank() > 1 ? List.of(Layers.flatten(), last) : List.of(last);
    }

    /// Whether the targets are class labels.
    default boolean isLabeled() {
        return !classNames().isEmpty();
    }

    /// Whether each row has one class label: not one for each position.
    default boolean hasLabelPerRow() {
        return isLabeled() && targetShape().rank() == 0;
    }

    /// The numbers of rows, inputs and targets, for people: `150 rows of [4], 3 classes: setosa, versicolor,
    /// virginica`.
    default String describe() {
        String inputs =
                inputs().stream().map(each -> each.inputShape().toString()).collect(Collectors.joining(" and "));
        String targets = targetsByOutput().stream()
                .map(each -> each.isLabeled()
                        ? String.format(
                                        Locale.ROOT,
                                        "%,d classes: ",
                                        each.classNames().size())
                                + Spelling.listed(each.classNames())
                        : each.targetShape().equals(Shape.of(0)) ? "no targets" : "targets " + each.targetShape())
                .collect(Collectors.joining("; "));
        return String.format(Locale.ROOT, "%,d rows of %s, %s", size(), inputs, targets);
    }

    /// Inputs with class labels; classes are named by their labels.
    /// @param inputs `[rows][features]`, finite, copied
    /// @param labels one per row, from 0
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data, or a label below 0
    static Dataset of(float[][] inputs, int[] labels) {
        return of(inputs, labels, ArrayDataset.numbered(labels));
    }

    /// Inputs with class labels, and the names of the classes.
    /// @param inputs `[rows][features]`, finite, copied
    /// @param labels one per row, from 0 to the number of names − 1
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data, or a label out of range
    static Dataset of(float[][] inputs, int[] labels, List<String> classNames) {
        return ArrayDataset.labeled(inputs, labels, classNames);
    }

    /// Inputs with class labels that some rows lack, for losses that ignore such rows.
    /// @param inputs `[rows][features]`, finite, copied
    /// @param labels one per row, from 0 to the number of names − 1, or `missing`
    /// @param missing the label of rows that have none, such as −1
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data, or a label out of range
    static Dataset of(float[][] inputs, int[] labels, List<String> classNames, int missing) {
        return ArrayDataset.labeled(inputs, labels, classNames, missing);
    }

    /// Inputs without targets, for losses that need none.
    /// @param inputs `[rows][features]`, finite, copied
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data
    static Dataset of(float[][] inputs) {
        return ArrayDataset.withoutTargets(inputs);
    }

    /// Inputs with target values: regression targets, or a probability for each class.
    /// @param inputs `[rows][features]`, finite, copied
    /// @param targets `[rows][outputs]`, finite, copied
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data
    static Dataset of(float[][] inputs, float[][] targets) {
        return ArrayDataset.valued(inputs, targets);
    }

    /// Inputs of any shape with class labels, such as images `[rows × channels × height × width]`.
    /// @param inputs `[rows × …]`, finite, not copied
    /// @param labels one per row, from 0 to the number of names − 1, copied
    /// @throws dev.neurite.error.DataException for non-finite or missing data, or a label out of range
    /// @throws dev.neurite.error.ShapeException for inputs of fewer than 2 axes
    static Dataset of(Tensor inputs, int[] labels, List<String> classNames) {
        return new TensorDataset(inputs, labels, classNames);
    }

    /// Inputs of any shape with class labels; classes are named by their labels.
    /// @param inputs `[rows × …]`, finite, not copied
    /// @param labels one per row, from 0, copied
    /// @throws dev.neurite.error.DataException for non-finite or missing data, or a label below 0
    /// @throws dev.neurite.error.ShapeException for inputs of fewer than 2 axes
    static Dataset of(Tensor inputs, int[] labels) {
        return new TensorDataset(inputs, labels, ArrayDataset.numbered(labels));
    }

    /// Inputs of any shape with target values.
    /// @param inputs `[rows × …]`, finite, not copied
    /// @param targets one row per row of inputs, finite, not copied
    /// @throws dev.neurite.error.DataException for non-finite or missing data
    /// @throws dev.neurite.error.ShapeException for tensors of fewer than 2 axes
    static Dataset of(Tensor inputs, Tensor targets) {
        return new TensorDataset(inputs, targets);
    }

    /// Inputs with class labels: of [Sequences], of several inputs ([RowSource#joint]), or of another data set.
    /// @param labels one per row, from 0 to the number of names − 1, copied
    /// @throws dev.neurite.error.DataException for another number of rows, or a label out of range
    static Dataset of(RowSource inputs, int[] labels, List<String> classNames) {
        return TargetsInMemory.labeled(inputs, labels, classNames);
    }

    /// Inputs with target values: of [Sequences], of several inputs ([RowSource#joint]), or of another data
    /// set.
    /// @param targets `[rows][outputs]`, finite, copied
    /// @throws dev.neurite.error.DataException for another number of rows, or ragged or non-finite targets
    static Dataset of(RowSource inputs, float[][] targets) {
        return TargetsInMemory.valued(inputs, targets);
    }

    /// Inputs with target values for each position of a row.
    /// @param targets `[rows][positions][outputs]`, finite, copied. Where rows of inputs differ in length,
    /// there are some for each step; else for as many positions in each row
    /// @throws dev.neurite.error.DataException for another number of rows or positions, or ragged or non-finite
    /// targets
    static Dataset of(RowSource inputs, float[][][] targets) {
        return TargetsInMemory.valued(inputs, targets);
    }

    /// Inputs with the targets and weights of a data set, whose own inputs are not read: for several
    /// inputs, such as `Dataset.of(RowSource.joint(images, table), images)`.
    /// @throws dev.neurite.error.DataException for another number of rows
    static Dataset of(RowSource inputs, Dataset targets) {
        return new PairedDataset(inputs, targets);
    }

    /// Inputs with a class label for each position of a row.
    /// @param inputs the inputs: another data set, or rows from anywhere
    /// @param labels `[rows][positions]`, from 0 to the number of names − 1, copied. Where rows of inputs
    /// differ in length, there is one for each step; else as many in each row
    /// @throws dev.neurite.error.DataException for another number of rows or labels, or a label out of range
    static Dataset of(RowSource inputs, int[][] labels, List<String> classNames) {
        return TargetsInMemory.labeled(inputs, labels, classNames, Long.MIN_VALUE);
    }

    /// Inputs with a class label for each position of a row that has one, for losses that ignore the others.
    /// @param inputs the inputs: another data set, or rows from anywhere
    /// @param labels `[rows][positions]`, from 0 to the number of names − 1, or `missing`; else as in
    /// [#of(RowSource, int\[\]\[\], List)]
    /// @param missing the label of positions that have none, such as −100
    /// @throws dev.neurite.error.DataException for another number of rows or labels, or a label out of range
    static Dataset of(RowSource inputs, int[][] labels, List<String> classNames, int missing) {
        return TargetsInMemory.labeled(inputs, labels, classNames, missing);
    }

    /// Reads rows with class labels from a stream, in its order; classes are named by their labels. For
    /// a list of records, use `labeled(list.stream(), …)`.
    ///
    /// The rows stay in memory and may take three quarters of the heap. The caller closes the stream.
    /// @param inputs the numbers of a row, equally many for each row, finite, copied
    /// @param label the label of a row, from 0
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data, or a label below 0,
    /// with the number of the row
    /// @throws dev.neurite.error.ResourceException if the heap is too small for the rows
    static <T> Dataset labeled(Stream<T> rows, Function<? super T, float[]> inputs, ToIntFunction<? super T> label) {
        return RowCollector.labeled(rows, inputs, label, RowCollector.roomForRows());
    }

    /// Reads rows with class labels from a stream, as [#labeled(Stream, Function, ToIntFunction)], with
    /// names for the classes.
    /// @param inputs the numbers of a row, equally many for each row, finite, copied
    /// @param label the label of a row, from 0 to the number of names − 1
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data, or a label out of
    /// range, with the number of the row
    /// @throws dev.neurite.error.ResourceException if the heap is too small for the rows
    static <T> Dataset labeled(
            Stream<T> rows,
            Function<? super T, float[]> inputs,
            ToIntFunction<? super T> label,
            List<String> classNames) {
        return RowCollector.labeled(rows, inputs, label, classNames, RowCollector.roomForRows());
    }

    /// Reads rows with target values from a stream, as [#labeled(Stream, Function, ToIntFunction)].
    /// @param inputs the numbers of a row, equally many for each row, finite, copied
    /// @param targets the target values of a row, equally many for each row, finite, copied
    /// @throws dev.neurite.error.DataException for ragged, non-finite or missing data, with the number
    /// of the row
    /// @throws dev.neurite.error.ResourceException if the heap is too small for the rows
    static <T> Dataset valued(
            Stream<T> rows, Function<? super T, float[]> inputs, Function<? super T, float[]> targets) {
        return RowCollector.valued(rows, inputs, targets, RowCollector.roomForRows());
    }

    /// Images of one byte per pixel and channel, read as `byte / 255` (0 to 1), with class labels.
    /// @param pixels the images one after the other, each row-major, not copied
    /// @param image the shape of one image, `[channels × height × width]`
    /// @param labels one byte per image, from 0 to 255
    /// @throws dev.neurite.error.DataException if the counts differ or a label is out of range
    static Dataset ofImages(byte[] pixels, Shape image, byte[] labels, List<String> classNames) {
        return StoredDataset.ofImages(pixels, image, labels, classNames);
    }

    /// Images of one byte per pixel and channel, read as `byte / 255` (0 to 1), with class labels: for
    /// more than 2 GB, or more than 256 classes.
    /// @param pixels an array per image, row-major, not copied
    /// @param image the shape of one image, `[channels × height × width]`
    /// @param labels one per image, from 0, copied
    /// @throws dev.neurite.error.DataException if the counts differ or a label is out of range
    static Dataset ofImages(byte[][] pixels, Shape image, int[] labels, List<String> classNames) {
        return StoredDataset.ofImages(pixels, image, labels, classNames);
    }

    /// Images of one byte per pixel and channel, read as `byte / 255` (0 to 1), with class labels. The
    /// images may be outside the heap.
    /// @param pixels one image per row
    /// @param image the shape of one image, `[channels × height × width]`
    /// @param labels one per image, from 0, copied
    /// @throws dev.neurite.error.DataException if the counts differ or a label is out of range
    static Dataset ofImages(StoredRows pixels, Shape image, int[] labels, List<String> classNames) {
        return new StoredDataset(pixels, 255, image, labels.clone(), classNames);
    }

    /// Images of one byte per pixel and channel, read as `byte / 255` (0 to 1), with target values.
    /// @param pixels one image per row
    /// @param image the shape of one image, `[channels × height × width]`
    /// @param targets one row per row of inputs, finite
    /// @throws dev.neurite.error.DataException if the counts differ or a value is not finite
    static Dataset ofImages(StoredRows pixels, Shape image, StoredRows targets) {
        return new StoredDataset(pixels, 255, image, targets);
    }

    /// Inputs of any shape with class labels. The inputs may be outside the heap.
    /// @param inputs one row per sample, finite
    /// @param shape the shape of one row
    /// @param labels one per row, from 0 to the number of names − 1, copied
    /// @throws dev.neurite.error.DataException for non-finite or missing data, or a label out of range
    static Dataset of(StoredRows inputs, Shape shape, int[] labels, List<String> classNames) {
        return new StoredDataset(inputs, 1, shape, labels.clone(), classNames);
    }

    /// Inputs of any shape with target values. Both may be outside the heap.
    /// @param inputs one row per sample, finite
    /// @param shape the shape of one row
    /// @param targets one row per row of inputs, finite
    /// @throws dev.neurite.error.DataException for non-finite or missing data
    static Dataset of(StoredRows inputs, Shape shape, StoredRows targets) {
        return new StoredDataset(inputs, 1, shape, targets);
    }

    /// The inputs and weights of one data set with the targets of several, for a network of as many
    /// outputs.
    /// @param others data sets with the targets of the other outputs, in the same order of rows; their
    /// inputs are not read
    /// @throws dev.neurite.error.DataException if their numbers of rows differ
    static Dataset joint(Dataset first, Dataset... others) {
        return new JointDataset(first, others);
    }

    /// This data set with a weight for each row: a factor of its loss and gradients.
    /// @param weights one per row, at least 0 and finite, copied
    /// @throws dev.neurite.error.DataException for another number of weights, or the first weight that
    /// is negative or not finite
    default Dataset withWeights(float... weights) {
        return new WeightedDataset(this, weights.clone());
    }

    /// This data set with a weight for each position of its targets: a factor of the position's loss and
    /// gradients.
    /// @param weights `[rows][positions]`, at least 0 and finite, copied
    /// @throws dev.neurite.error.DataException for another number of weights, the first weight that is
    /// negative or not finite, or targets without positions
    default Dataset withWeights(float[]... weights) {
        return new WeightedPositions(this, weights);
    }

    /// This data set with labels of another list of classes, such as a model's, matched by name: rows
    /// of `dog` get the label of `dog` in the list. Classes without rows need not be in the list.
    /// @throws dev.neurite.error.DataException for a row whose class is not in the list, or target values
    default Dataset withClasses(List<String> classNames) {
        return RelabeledDataset.of(this, classNames);
    }

    /// This data set, which says what its inputs were made of: a model that is trained on it is saved with that.
    /// @param origin such as `dev.neurite.signature.Input.Numbers` with names
    default Dataset withOrigin(RowOrigin origin) {
        return new OriginDataset(this, origin);
    }

    /// This data set with reshaped inputs, such as `[64]` as `[1×8×8]` for networks of images.
    /// @throws dev.neurite.error.ShapeException for a shape of another size
    default Dataset withInputShape(Shape shape) {
        return new ShapedDataset(this, shape);
    }

    /// The rows of this data set with these indices, in their order; nothing is copied.
    default Dataset rows(int... indices) {
        return new RowsDataset(this, indices.clone());
    }

    /// This data set with oversampled rare classes: their rows are repeated until each class has as
    /// many rows as the most frequent one. Within a class, the numbers of repetitions differ by at most
    /// 1. All rows come first, in their order, then the repeated ones; nothing is copied. Rows without a label
    /// are not repeated. Use it for the training part only: test data should have the real proportions. Class
    /// weights ([dev.neurite.loss.CrossEntropy#withClassWeights]) have the same aim without more steps per
    /// epoch, but give batches with rows of a rare class large gradients.
    /// @param seed decides which rows are repeated once more than others
    /// @throws dev.neurite.error.ConfigException if the targets are values
    default Dataset balanced(long seed) {
        return rows(Balancing.rows(this, seed));
    }
}
