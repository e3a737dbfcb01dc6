package dev.neurite.javasource;

import static dev.neurite.layer.Layers.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.ColumnEncoding.OneHot;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Preprocessing.Column;
import dev.neurite.error.ConfigException;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Classes with more names, columns and layers than a method of a class file has room for.
@SuppressWarnings("unchecked") // what another class loader made
final class LongListsTest {
    private static final int CATEGORIES = 900;

    @TempDir
    private Path directory;

    private static ModelFile file(List<Column> columns, List<String> classes) {
        int width = columns.stream().mapToInt(each -> each.encoding().width()).sum();
        Model model = Model.of(features(width), dense(2), dense(classes.size(), Activation.SOFTMAX))
                .initialize(3);
        var input = new Input.Columns(new Preprocessing(columns, Shape.of(width), Set.of("NA")));
        return new ModelFile(
                model,
                Map.of(),
                Signature.of(List.of(input), List.of(new Output.Classes(classes, Meaning.PROBABILITIES))));
    }

    private static OneHot oneHot(Stream<String> categories) {
        return new OneHot(categories.toList(), true, true, true);
    }

    @Test
    void manyCategoriesOfManyColumns() throws Exception {
        String wide = "ü\ud83d\ude00\"\\".repeat(40); // of many bytes, and a character of two chars
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            String end = i == 9 ? wide : i == 8 ? " with\nlines" : "";
            columns.add(new Column(
                    "t" + i,
                    oneHot(IntStream.range(0, CATEGORIES).mapToObj(c -> c == 7 ? "" : "category " + c + end))));
        }
        for (int i = 0; i < 2; i++) {
            columns.add(new Column(
                    "n" + i, oneHot(IntStream.range(0, CATEGORIES).mapToObj(c -> String.valueOf(c / 8f)))));
        }
        List<String> classes =
                IntStream.range(0, 9_000).mapToObj(each -> "class " + each).toList();
        ModelFile model = file(columns, classes);
        String caller = """
            public final class Caller implements java.util.function.Function<Object[], Object> {
                private final Net net = new Net();
                public Object apply(Object[] v) {
                    Net.Row row = new Net.Row();
                    row.t0 = (String) v[0];
                    row.t1 = (String) v[1];
                    row.t2 = (String) v[2];
                    row.t3 = (String) v[3];
                    row.t4 = (String) v[4];
                    row.t5 = (String) v[5];
                    row.t6 = (String) v[6];
                    row.t7 = (String) v[7];
                    row.t8 = (String) v[8];
                    row.t9 = (String) v[9];
                    row.n0 = (Float) v[10];
                    row.n1 = (Float) v[11];
                    return new Object[] {net.predict(row), net.probability(), Net.labels()};
                }
            }
            """;
        Function<Object[], Object> written =
                Compiled.load(List.of(JavaSource.of(model).make("Net")), "Caller", caller, directory, Function.class);
        Predictor predictor = Predictor.of(model);
        for (int c : new int[] {0, 1, 7, 8, 500, CATEGORIES - 1}) {
            Map<String, Object> row = new HashMap<>();
            Object[] values = new Object[12];
            for (int i = 0; i < 12; i++) {
                List<String> categories = ((OneHot) columns.get(i).encoding()).categories();
                values[i] = i < 10 ? categories.get(c) : (Object) Float.parseFloat(categories.get(c));
                row.put(columns.get(i).name(), values[i]);
            }
            Object[] answer = (Object[]) written.apply(values);
            assertThat(answer[0]).isEqualTo(predictor.predict(row).label());
            assertThat((Float) answer[1])
                    .isCloseTo((float) predictor.predict(row).probability(), offset(1e-6f));
            assertThat((String[]) answer[2]).containsExactlyElementsOf(classes);
        }
    }

    @Test
    void manyColumns() throws Exception {
        assertCompiles(i -> new Scaled(i + 0.25, i + 0.75, 0, 1, OptionalDouble.of(i + 0.5), true));
        assertCompiles(i -> oneHot(IntStream.range(0, 3).mapToObj(c -> c + " of " + i)));
    }

    private void assertCompiles(IntFunction<ColumnEncoding> encoding) throws Exception {
        List<Column> columns = IntStream.range(0, TableCode.MOST_COLUMNS)
                .mapToObj(i -> new Column("column " + i, encoding.apply(i)))
                .toList();
        Path file = directory.resolve("Wide.java");
        assertThat(JavaSource.of(file(columns, List.of("no", "yes")))
                        .write(file)
                        .measured())
                .hasValueSatisfying(fast -> assertThat(fast.difference()).isLessThan(1e-5));
        List<Column> more = Stream.concat(columns.stream(), Stream.of(new Column("one more", encoding.apply(0))))
                .toList();
        assertThatThrownBy(() -> JavaSource.of(file(more, List.of("no", "yes"))).make("Wide"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects at most " + TableCode.MOST_COLUMNS + " columns, got " + more.size());
    }

    @Test
    void nothingIsWrittenOfWhatDoesNotCompile() {
        Node[] layers = IntStream.range(0, 1_800).mapToObj(_ -> dense(1)).toArray(Node[]::new);
        JavaSource source = JavaSource.of(new ModelFile(Model.of(features(1), layers), Map.of()));
        assertThatThrownBy(() -> source.write(directory.resolve("Deep.java")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects a class that the compiler takes, got Deep.java:")
                .hasMessageContaining("code too large");
        assertThat(directory).isEmptyDirectory();
    }
}
