package dev.neurite.spark.ml;

import dev.neurite.spark.frame.Features;
import dev.neurite.spark.frame.FrameRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/// Adds a model's columns to the rows of a partition, a block of rows at a time.
/// @param model the model
/// @param outputs what to add
/// @param features the index of the column of features
/// @param id the index of the column of ids, for messages; −1 for none
record BlockPrediction(SharedModel model, RowOutputs outputs, int features, int id)
        implements MapPartitionsFunction<Row, Row> {
    private static final int MOST_VALUES = 1 << 20; // inputs of a block, 4 MB

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        return rows.hasNext() ? new Blocks(rows, model.get()) : rows;
    }

    private final class Blocks implements Iterator<Row> {
        private final Iterator<Row> rows;
        private final ReadyModel ready;
        private final Features reader;
        private final float[] inputs;
        private final int most;
        private final List<Row> block = new ArrayList<>();
        private Object[][] added = new Object[0][];
        private int next;

        Blocks(Iterator<Row> rows, ReadyModel ready) {
            this.rows = rows;
            this.ready = ready;
            this.reader = Features.of(ready.inputs());
            this.most = Math.clamp(
                    MOST_VALUES / Math.max(1, reader.width()),
                    1,
                    ready.model().network().rowsAtOnce());
            this.inputs = new float[most * reader.width()];
        }

        @Override
        public boolean hasNext() {
            return next < block.size() || rows.hasNext();
        }

        @Override
        public Row next() {
            if (!hasNext()) throw new NoSuchElementException();
            if (next == block.size()) predict();
            Object[] more = added[next];
            Row row = block.get(next++);
            Object[] values = new Object[row.size() + more.length];
            for (int i = 0; i < row.size(); i++) values[i] = row.get(i);
            System.arraycopy(more, 0, values, row.size(), more.length);
            return RowFactory.create(values);
        }

        private void predict() {
            block.clear();
            next = 0;
            while (block.size() < most && rows.hasNext()) {
                Row row = rows.next();
                float[] read = reader.read(row.get(features), FrameRows.where(id < 0 ? null : row.get(id)));
                System.arraycopy(read, 0, inputs, block.size() * read.length, read.length);
                block.add(row);
            }
            float[] used = Arrays.copyOf(inputs, block.size() * reader.width());
            added = outputs.of(ready, ready.batch(used, block.size()));
        }
    }
}
