package dev.neurite.dashboard.view;

import dev.neurite.data.Dataset;
import dev.neurite.data.TargetRow;
import dev.neurite.loss.Loss;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Where predictions are in the data: those that an evaluation counts, in its order.
/// @param rows the row in the data of each prediction
/// @param positions the position in its row of each, from 0
/// @param atPositions whether there is one for each position of a row
@SuppressWarnings("ArrayRecordComponent") // nobody changes it
record PredictionPlaces(int[] rows, int[] positions, boolean atPositions) {
    /// The places of an evaluation.
    /// @param targets those of the output
    /// @param open whether the output has as many positions as the row has steps
    /// @param used the row in the whole data of each row here
    /// @param count the number of predictions
    static PredictionPlaces of(Dataset targets, Loss loss, boolean open, int[] used, int count) {
        int[] rows = new int[count];
        int[] positions = new int[count];
        var target = new TargetRow(targets);
        boolean each = targets.isLabeled() ? !targets.hasLabelPerRow() : open;
        int at = 0;
        for (int row = 0; row < targets.size(); row++) {
            target.read(row);
            int width = targets.isLabeled() || !each
                    ? 1
                    : targets.targetShape().extent(targets.targetShape().rank() - 1);
            int own = each ? target.count() / width : 1;
            for (int i = 0; i < own; i++) {
                if (targets.isLabeled() && loss.ignores(target.label(i))) continue;
                rows[at] = used[row];
                positions[at] = i;
                at++;
            }
        }
        if (at != count) throw new IllegalStateException("expects " + count + " predictions, counted " + at);
        return new PredictionPlaces(rows, positions, each);
    }

    int count() {
        return rows.length;
    }

    int row(int prediction) {
        return rows[prediction];
    }

    int position(int prediction) {
        return positions[prediction];
    }

    /// The first prediction of each row that has some, and the number of all.
    int[] byRow() {
        int[] starts = IntStream.range(0, rows.length)
                .filter(i -> i == 0 || rows[i] != rows[i - 1])
                .toArray();
        int[] all = Arrays.copyOf(starts, starts.length + 1);
        all[starts.length] = rows.length;
        return all;
    }

    /// Groups of one prediction each, as the places where they begin; then their number.
    int[] each() {
        return IntStream.rangeClosed(0, rows.length).toArray();
    }
}
