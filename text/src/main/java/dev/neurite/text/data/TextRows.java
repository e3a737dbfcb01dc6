package dev.neurite.text.data;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import dev.neurite.model.RowOrigin;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Tokenizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Texts with a class each, as rows of token ids: a row has as many steps as its text has tokens. Batches are padded.
/// Ids are in the heap, 4 bytes each.
public final class TextRows implements Dataset {
    private final int[][] ids;
    private final int[] labels;
    private final List<String> classNames;
    private final int padding;
    private final Tokenizer tokenizer;
    private final Optional<String> column; // of the texts in a table

    private TextRows(int[][] ids, int[] labels, List<String> classNames, Tokenizer tokenizer, Optional<String> column) {
        this.ids = ids;
        this.labels = labels;
        this.classNames = classNames;
        this.padding = tokenizer.id(Tokenizer.PADDING).orElse(0);
        this.tokenizer = tokenizer;
        this.column = column;
    }

    /// Texts with class labels.
    /// @param tokenizer gives the ids, with its special tokens and truncation; its padding is not used
    /// @param labels one for each text, from 0 to the number of names − 1
    /// @throws DataException for no texts, a text without tokens, another number of labels, or one out of range
    public static TextRows of(Tokenizer tokenizer, List<String> texts, int[] labels, List<String> classNames) {
        int[][] ids = ids(tokenizer, texts);
        if (labels.length != texts.size()) {
            throw new DataException(
                    "labels", "expects one for each of " + texts.size() + " texts, got " + labels.length);
        }
        for (int row = 0; row < labels.length; row++) {
            if (labels[row] >= 0 && labels[row] < classNames.size()) continue;
            throw new DataException(
                    "text " + row, "expects a label from 0 to " + (classNames.size() - 1) + ", got " + labels[row]);
        }
        return new TextRows(ids, labels.clone(), List.copyOf(classNames), tokenizer, Optional.empty());
    }

    /// The rows of a table with a column of texts and one of classes.
    /// @param text the column of texts
    /// @param classes the names of the classes, as of the training part; the values of the column `label` are
    /// matched by name
    /// @throws DataException for unknown columns, a column of numbers as texts, missing values, a text without
    /// tokens, or a class that is not in the list
    public static TextRows of(Tokenizer tokenizer, Table table, String text, String label, List<String> classes) {
        int of = table.column(label);
        int[][] ids = ids(tokenizer, table, text);
        Map<String, Integer> numbers = new HashMap<>();
        for (String each : classes) numbers.put(each, numbers.size());
        int[] labels = new int[ids.length];
        for (int row = 0; row < ids.length; row++) {
            String name = name(table, row, of);
            Integer number = numbers.get(name);
            if (number == null) {
                throw new DataException(
                        table.place(row) + ", column '" + label + "'",
                        "expects one of the classes " + Spelling.listed(classes) + ", got "
                                + (name.isEmpty() ? "none" : "'" + name + "'"));
            }
            labels[row] = number;
        }
        return new TextRows(ids, labels, List.copyOf(classes), tokenizer, Optional.of(text));
    }

    /// Texts without classes, to predict them.
    /// @throws DataException for no texts, or a text without tokens
    public static TextRows of(Tokenizer tokenizer, List<String> texts) {
        return new TextRows(ids(tokenizer, texts), new int[0], List.of(), tokenizer, Optional.empty());
    }

    private static int[][] ids(Tokenizer tokenizer, List<String> texts) {
        if (texts.isEmpty()) throw new DataException("texts", "expects at least one, got none");
        Tokenizer unpadded = tokenizer.withoutPadding();
        int[][] ids = new int[texts.size()][];
        for (int row = 0; row < ids.length; row++) ids[row] = encode(unpadded, texts.get(row), "text " + row);
        return ids;
    }

    /// The texts of a column of a table, for a [dev.neurite.text.VocabularyTrainer]; missing ones are left out.
    /// @throws DataException for an unknown column, or one of numbers
    public static Stream<String> texts(Table table, String column) {
        int of = table.column(column);
        List<String> texts = categories(table, column);
        return IntStream.range(0, table.rows())
                .filter(row -> !Float.isNaN(table.value(row, of)))
                .mapToObj(row -> texts.get((int) table.value(row, of)));
    }

    private static List<String> categories(Table table, String column) {
        Table.Column texts = table.columns().get(table.column(column));
        if (texts.kind() == Kind.CATEGORICAL) return texts.categories();
        throw new DataException("column '" + column + "'", "expects texts, got numbers");
    }

    /// The texts of a table, without classes, to predict them.
    /// @param text the column of texts
    /// @throws DataException for an unknown column, one of numbers, missing values, or a text without tokens
    public static TextRows of(Tokenizer tokenizer, Table table, String text) {
        return new TextRows(ids(tokenizer, table, text), new int[0], List.of(), tokenizer, Optional.of(text));
    }

    /// The ids of each row's text; equal texts share them.
    private static int[][] ids(Tokenizer tokenizer, Table table, String text) {
        int column = table.column(text);
        List<String> texts = categories(table, text);
        if (table.rows() == 0) throw new DataException("table", "expects at least one row, got 0 rows");
        Tokenizer unpadded = tokenizer.withoutPadding();
        int[][] byText = new int[texts.size()][];
        int[][] ids = new int[table.rows()][];
        for (int row = 0; row < ids.length; row++) {
            String place = table.place(row) + ", column '" + text + "'";
            float code = table.value(row, column);
            if (Float.isNaN(code)) throw new DataException(place, "expects a text, got none", "Leave the row out");
            int[] known = byText[(int) code];
            if (known == null) known = encode(unpadded, texts.get((int) code), place);
            byText[(int) code] = known;
            ids[row] = known;
        }
        return ids;
    }

    private static String name(Table table, int row, int column) {
        float value = table.value(row, column);
        return Float.isNaN(value) ? "" : table.columns().get(column).text(value);
    }

    private static int[] encode(Tokenizer tokenizer, String text, String place) {
        int[] ids = tokenizer.encode(text).ids();
        if (ids.length == 0)
            throw new DataException(place, "expects a text with at least one token, got '" + text + "'");
        return ids;
    }

    /// The number of texts all of whose tokens are this one, such as that for unknown words.
    public int onlyOf(int token) {
        return (int) Arrays.stream(ids)
                .filter(row -> Arrays.stream(row).allMatch(id -> id == token))
                .count();
    }

    @Override
    public Optional<RowOrigin> origin() {
        return Optional.of(new Input.Text(tokenizer.json(), column));
    }

    @Override
    public int size() {
        return ids.length;
    }

    /// `[steps]`, of each row its own.
    @Override
    public Shape inputShape() {
        return Shape.of(Shape.OPEN);
    }

    @Override
    public int length(int row) {
        return ids[row].length;
    }

    @Override
    public float padding() {
        return padding;
    }

    @Override
    public int vocabulary() {
        return tokenizer.vocabularySize();
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public Shape targetShape() {
        return Shape.SCALAR;
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        for (int i = 0; i < ids[row].length; i++) array[at + i] = ids[row][i];
    }

    @Override
    public int label(int row) {
        if (labels.length == 0) throw new UnsupportedOperationException("the texts have no classes");
        return labels[row];
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        throw new UnsupportedOperationException("texts have class labels, not values");
    }

    /// True: ids are no numbers to scale.
    @Override
    public boolean isPrepared() {
        return true;
    }

    @Override
    public String toString() {
        return describe();
    }
}
