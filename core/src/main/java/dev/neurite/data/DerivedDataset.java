package dev.neurite.data;

import dev.neurite.model.RowOrigin;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Optional;

/// A data set made from another one, with everything that it does not override taken from there. To
/// change inputs, override [#readInput]; to change targets, [#label] and [#readLabels], or [#readTarget];
/// to choose rows, [#sourceRow] and [#size].
///
/// Where the source has several inputs, its rows of each are those at [#sourceRow]; override [#inputs] to
/// change them. Where the source is [Dataset#joint], the targets of each of its outputs are those of the
/// source at [#sourceRow]; override [#targetsByOutput] to change them.
public interface DerivedDataset extends Dataset {
    /// The data set that this one is made from.
    Dataset source();

    /// The number of the source's row for a row of this data set.
    default int sourceRow(int row) {
        return row;
    }

    @Override
    default int size() {
        return source().size();
    }

    @Override
    default Shape inputShape() {
        return source().inputShape();
    }

    @Override
    default List<RowSource> inputs() {
        List<RowSource> all = source().inputs();
        return all.size() == 1
                ? List.of(this)
                : all.stream()
                        .map(each -> (RowSource) new DerivedInputs(this, each))
                        .toList();
    }

    @Override
    default int length(int row) {
        return source().length(sourceRow(row));
    }

    @Override
    default float padding() {
        return source().padding();
    }

    @Override
    default List<Past> past() {
        return source().past();
    }

    @Override
    default int vocabulary() {
        return source().vocabulary();
    }

    @Override
    default Optional<RowOrigin> origin() {
        return source().origin();
    }

    @Override
    default Optional<RowOrigin> targetOrigin() {
        return source().targetOrigin();
    }

    @Override
    default int targetLength(int row) {
        return source().targetLength(sourceRow(row));
    }

    @Override
    default List<String> classNames() {
        return source().classNames();
    }

    @Override
    default Shape targetShape() {
        return source().targetShape();
    }

    @Override
    default void readInput(int row, float[] array, int at) {
        source().readInput(sourceRow(row), array, at);
    }

    @Override
    default int label(int row) {
        return source().label(sourceRow(row));
    }

    @Override
    default void readLabels(int row, int[] array, int at) {
        if (hasLabelPerRow()) array[at] = label(row);
        else source().readLabels(sourceRow(row), array, at);
    }

    @Override
    default void readTarget(int row, float[] array, int at) {
        source().readTarget(sourceRow(row), array, at);
    }

    @Override
    default float weight(int row) {
        return source().weight(sourceRow(row));
    }

    @Override
    default boolean isWeighted() {
        return source().isWeighted();
    }

    @Override
    default boolean weighsPositions() {
        return source().weighsPositions();
    }

    @Override
    default void readWeights(int row, float[] array, int at) {
        if (weighsPositions()) source().readWeights(sourceRow(row), array, at);
        else array[at] = weight(row);
    }

    @Override
    default boolean isPrepared() {
        return source().isPrepared();
    }

    @Override
    default boolean isMapped() {
        return source().isMapped();
    }

    @Override
    default List<Dataset> targetsByOutput() {
        List<Dataset> all = source().targetsByOutput();
        return all.size() == 1
                ? List.of(this)
                : all.stream()
                        .map(each -> (Dataset) new DerivedTargets(this, each))
                        .toList();
    }
}
