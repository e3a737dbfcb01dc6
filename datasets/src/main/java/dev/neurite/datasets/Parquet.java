package dev.neurite.datasets;

import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.TypedTable.Column;
import dev.neurite.datasets.parquet.Cells;
import dev.neurite.datasets.parquet.ParquetReader;
import dev.neurite.error.DataException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/// Reads Parquet files as a [Table].
///
/// <!-- OtherFormats#parquet -->
/// ```java
/// Table table = Parquet.read(file);
/// DataSplit fruit = table.toClassify("kind");
/// ```
///
/// Numbers of all kinds, decimals among them, become float32; a null and NaN are missing values. Texts, dates,
/// times (`2026-11-26`, `2026-11-26T08:30:15`, with `Z` if they are in UTC), booleans (`true`, `false`) and
/// UUIDs become texts. Columns with lists, maps or structures are refused by name, unless they are
/// [left out][ReadOptions#without].
///
/// Pages may be uncompressed, or compressed by Snappy, gzip or LZ4 (`LZ4_RAW`). Memory is needed for one page of
/// each column; rows beyond a quarter of the heap go to a temporary file, as with [Csv].
public final class Parquet {
    private Parquet() {}

    /// Reads a file with the usual options.
    /// @throws DataException if it is missing, damaged, no Parquet file, or has a column that is no table's
    /// @throws dev.neurite.error.ResourceException if a temporary file is needed and cannot be written
    public static Table read(Path file) {
        return read(file, ReadOptions.USUAL);
    }

    /// Reads a file. Only the columns that the options do not leave out are read.
    /// @throws DataException if it is missing, damaged, no Parquet file, or has a column that is no table's
    /// @throws dev.neurite.error.ResourceException if a temporary file is needed and cannot be written
    /// @throws dev.neurite.error.ConfigException for options of CSV files
    public static Table read(Path file, ReadOptions options) {
        TableFiles.requireFile(file, "a Parquet file");
        String where = file.toString();
        try (FileChannel channel = FileChannel.open(file)) {
            return read(where, ParquetReader.of(where, channel, channel.size()), options);
        } catch (IOException e) {
            throw TableFiles.unreadable(where, e);
        }
    }

    private static Table read(String where, ParquetReader reader, ReadOptions options) {
        List<String> names = reader.names();
        List<Column> columns = IntStream.range(0, names.size())
                .mapToObj(i -> new Column(names.get(i), reader.isText(i) ? Kind.CATEGORICAL : Kind.NUMERIC))
                .toList();
        try (var rows = new TypedTable(where, "row", columns, options)) {
            int[] taken = IntStream.range(0, names.size()).filter(rows::takes).toArray();
            var at = new long[1];
            Cells cells = new Cells() {
                @Override
                public void number(int column, double value) {
                    rows.number(taken[column], value);
                }

                @Override
                public void whole(int column, long value) {
                    rows.whole(taken[column], value);
                }

                @Override
                public void text(int column, String text) {
                    rows.text(taken[column], text);
                }
            };
            reader.read(taken, cells, () -> {
                rows.endRow();
                rows.begin(++at[0]);
            });
            return rows.finish();
        }
    }
}
