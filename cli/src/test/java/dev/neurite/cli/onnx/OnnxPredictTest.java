package dev.neurite.cli.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.io.Npy;
import dev.neurite.io.NpyArray;
import dev.neurite.io.NpyTexts;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OnnxPredictTest {
    private static final String DENSE = OnnxFiles.path("dense.onnx");
    private static final String TYPES = OnnxFiles.path("types.onnx");
    private static final String X = OnnxFiles.path("x.npy");
    private static final String IDS = OnnxFiles.path("ids.npy");
    private static final String MASK = OnnxFiles.path("mask.npy");
    private static final String SCALE = OnnxFiles.path("scale.npy");

    @TempDir
    private Path temp;

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(temp)) {
            return files.sorted().toList();
        }
    }

    private static Cli predict(String... arguments) {
        return Cli.run(Stream.concat(Stream.of("predict"), Stream.of(arguments)).toArray(String[]::new));
    }

    @Test
    void shapesAndFirstElementsAreShown() {
        Cli result = predict(DENSE, "--input", X);
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .isEqualTo("output  type   shape  first elements\ny       float  [2×2]  6.5, 0.0, 0.0, 2.5\n");
        assertThat(predict(DENSE, X, "--threads", "1").out()).isEqualTo(result.out());
        assertThat(predict(DENSE, "--input", "x=" + X).out()).isEqualTo(result.out());
        assertThat(predict(DENSE, OnnxFiles.path("x-half.npy")).out()).isEqualTo(result.out());
    }

    @Test
    void jsonHasTypesShapesAndFirstElements() {
        Cli result = predict(TYPES, "--json", "--input", IDS, "--input", MASK, "--input", SCALE);
        assertThat(result.out().strip())
                .isEqualTo("{\"outputs\":["
                               + "{\"name\":\"out/ids\",\"type\":\"int64\",\"shape\":[2,3],\"first\":[2199023255552,2,4,6,8,10]},"
                               + "{\"name\":\"mask:out\",\"type\":\"bool\",\"shape\":[2,3],"
                               + "\"first\":[false,true,false,true,true,false]},"
                               + "{\"name\":\".scale\",\"type\":\"double\",\"shape\":[],\"first\":[-0.3333333333333333]}]}");
    }

    @Test
    void theOnlyOutputIsWrittenToAFile() throws IOException {
        Path y = temp.resolve("y.npy");
        Cli result = predict(DENSE, "--input", X, "--output", y.toString());
        assertThat(result.code()).isZero();
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isEqualTo(y + "   float [2×2]\n");
        NpyArray array = NpyArray.read(y);
        assertThat(array.shape()).isEqualTo(Shape.of(2, 2));
        assertThat(array.elements()).isEqualTo(new float[] {6.5f, 0, 0, 2.5f});
        Cli again = predict(DENSE, X, "--out", y.toString(), "--json", "-q");
        assertThat(again.err()).isEmpty();
        assertThat(JsonText.object(again.out()).get("outputs")).asString().contains("file=" + y);
        assertThat(files()).containsExactly(y);
    }

    @Test
    void eachOutputIsWrittenToADirectory() throws IOException {
        Cli result = predict(TYPES, "--input", "scale=" + SCALE, "--input", IDS, MASK, "--output", temp.toString());
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(files())
                .containsExactly(temp.resolve("_scale.npy"), temp.resolve("mask_out.npy"), temp.resolve("out_ids.npy"));
        assertThat(NpyArray.read(temp.resolve("out_ids.npy")).elements())
                .isEqualTo(new long[] {1L << 41, 2, 4, 6, 8, 10});
        assertThat(NpyArray.read(temp.resolve("mask_out.npy")).elements())
                .isEqualTo(new boolean[] {false, true, false, true, true, false});
        NpyArray scale = NpyArray.read(temp.resolve("_scale.npy"));
        assertThat(scale.shape()).isEqualTo(Shape.SCALAR);
        assertThat(scale.elements()).isEqualTo(new double[] {-1 / 3.0});
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "types.onnx ids.npy mask.npy # 2 # --input: expects a file for each of the model's inputs ids: int64 "
                        + "[rows×tokens], mask: bool [rows×tokens], scale: double [], got none for scale. Add --input "
                        + "scale=FILE.npy",
                "dense.onnx # 2 # got none for x",
                "types.onnx idx=@ids.npy # 2 # expects one of the model's inputs, ids, mask, scale, got 'idx'. Did you"
                        + " mean 'ids'?",
                "dense.onnx x=@x.npy x=@x.npy # 2 # --input: expects one file for input 'x', got",
                "dense.onnx x.npy x.npy # 2 # x.npy besides",
                "dense.onnx x=@none.npy # 3 # none.npy: expects a .npy file, got nothing: it does not exist",
                "dense.onnx x=@dense.onnx # 3 # dense.onnx: expects an array in NumPy's format (.npy), got an ONNX"
                        + " model",
                "dense.onnx x-double.npy # 3 # x-double.npy: expects float32 [batch×3] for input 'x', got float64"
                        + " [2×3]. To convert it: array.astype('float32')",
                "types.onnx ids-int32.npy mask.npy scale.npy # 3 # ids-int32.npy: expects int64 [rows×tokens] for input"
                        + " 'ids', got int32 [2×3]. To convert it: array.astype('int64')",
                "types.onnx ids-uint16.npy mask.npy scale.npy # 3 # got uint16 [2×3]. To convert it:",
                "types.onnx x.npy mask.npy scale.npy # 3 # got float32 [2×3]. To convert it: array.astype('int64')",
                "dense.onnx row.npy # 3 # expects float32 [batch×3] for input 'x', got float32 [3]. If it is one row,"
                        + " give it the axis of a batch",
                "dense.onnx wide.npy # 3 # expects float32 [batch×3] for input 'x', got float32 [2×4]",
                "unsupported.onnx x.npy # 4 # expects operators that are supported, got 2 × Wobble (nodes 'first',"
                        + " 'second')",
                "x.npy dense.onnx # 2 # expects a run and then files, got"
            })
    void whatDoesNotFitIsRefused(String arguments, int code, String message) throws IOException {
        List<String> words = Stream.of(arguments.strip().split(" "))
                .map(each -> each.contains("@") ? each.replace("@", folder()) : folder() + each)
                .toList();
        Path output = temp.resolve("y.npy");
        String[] all = Stream.of(
                        Stream.of(words.getFirst()),
                        words.stream()
                                .skip(1)
                                .flatMap(each ->
                                        each.contains("=") || !words.getFirst().endsWith("npy")
                                                ? Stream.of("--input", each)
                                                : Stream.of(each)),
                        Stream.of("--output", output.toString()))
                .flatMap(each -> each)
                .toArray(String[]::new);
        Cli result = predict(all);
        assertThat(result.err()).startsWith("error: ").contains(message);
        assertThat(result.code()).isEqualTo(code);
        assertThat(result.out()).isEmpty();
        assertThat(files()).isEmpty();
    }

    private static String folder() {
        return Path.of(DENSE).getParent() + "/";
    }

    @Test
    void outputsThatCannotBeWrittenAreRefusedBeforeTheModelRuns() throws IOException {
        Path file = Files.writeString(temp.resolve("kept.npy"), "kept");
        Cli several = predict(TYPES, IDS, MASK, SCALE, "--output", file.toString());
        assertThat(several.code()).isEqualTo(2);
        assertThat(several.err())
                .contains("--output " + file
                        + ": expects a directory that exists, for a model with 3 outputs, got a file");
        String none = temp.resolve("none").toString();
        assertThat(predict(TYPES, IDS, MASK, SCALE, "--output", none).err()).contains("got none of that name");
        Cli nowhere = predict(DENSE, X, "--output", none + "/y.npy");
        assertThat(nowhere.code()).isEqualTo(6);
        assertThat(nowhere.err()).contains("cannot be written: the directory " + none + " does not exist");
        assertThat(predict(DENSE, X, "--output", "").code()).isEqualTo(2);
        Cli csv = predict(DENSE, X, "--output", none + ".csv");
        assertThat(csv.code()).isEqualTo(2);
        assertThat(csv.err()).contains("expects a file that ends with .npy, or a directory that exists, got '");
        assertThat(predict(DENSE, "--input", "x=").err()).contains("--input x=: expects a file after '=', got none");
        assertThat(Files.readString(file)).isEqualTo("kept");
        assertThat(files()).containsExactly(file);
        Path text = Files.writeString(temp.resolve("text.onnx"), "hello there, this is no model\n");
        assertThat(predict(text.toString(), X).err()).contains("expects an ONNX model, got a text");
    }

    @Test
    void outputsWithOneNameForFilesAreRefused() throws IOException {
        String pair = temp.resolve("pair.npy").toString();
        NpyArray.of(Npy.Type.F4, Shape.of(2), new float[] {1, -2}).write(Path.of(pair));
        Cli colliding = predict(OnnxFiles.path("colliding.onnx"), pair, "--output", temp.toString());
        assertThat(colliding.code()).isEqualTo(2);
        assertThat(colliding.err()).contains("got 'a/b' and 'A:B', both A_B.npy");
        assertThat(files()).containsExactly(Path.of(pair));
    }

    @Test
    void textsAreShownAndWritten() throws IOException {
        String pair = temp.resolve("pair.npy").toString();
        NpyArray.of(Npy.Type.F4, Shape.of(2), new float[] {1, -2}).write(Path.of(pair));
        Cli texts = predict(OnnxFiles.path("texts.onnx"), pair, "--output", temp.toString());
        assertThat(texts.code()).as(texts.err()).isZero();
        assertThat(NpyTexts.read(temp.resolve("y.npy")).texts()).containsExactly("one", "line\nend");
        assertThat(texts.err()).contains("y.npy   string [2]\n");
        assertThat(predict(OnnxFiles.path("texts.onnx"), pair).out().lines())
                .containsExactly(
                        "output  type    shape  first elements",
                        "y       string  [2]    one, line\\u000aend",
                        "z       float   [2]    -1.0, 2.0");
    }

    /// A classifier of skl2onnx, whose probabilities are maps; onnxruntime gives these numbers.
    @Test
    void mapsAreShownByTheirKeysAndWrittenAsRows() throws IOException {
        String pairs = OnnxFiles.path("pairs.npy");
        Cli shown = predict(OnnxFiles.path("maps.onnx"), pairs);
        assertThat(shown.out().lines())
                .containsExactly(
                        "output         type      shape  first elements",
                        "label          int64     [2]    7, 8",
                        "probabilities  sequence  [2]    {7: 0.97068775, 8: 0.02931223}, {7: 0.37754068, 8:"
                                + " 0.62245935}");
        assertThat(predict(OnnxFiles.path("maps.onnx"), pairs, "--json").out())
                .contains("\"first\":[{\"7\":0.97068775,\"8\":0.02931223},{\"7\":0.37754068,\"8\":0.62245935}]");
        Cli written = predict(OnnxFiles.path("maps.onnx"), pairs, "--output", temp.toString());
        assertThat(written.code()).as(written.err()).isZero();
        assertThat(written.err()).contains("probabilities.npy   float [2×2], columns 7, 8\n");
        NpyArray rows = NpyArray.read(temp.resolve("probabilities.npy"));
        assertThat(rows.shape()).isEqualTo(Shape.of(2, 2));
        assertThat((float[]) rows.elements())
                .containsExactly(new float[] {0.97068775f, 0.02931223f, 0.37754068f, 0.62245935f}, within(1e-6f));
    }

    /// Inputs that are one column each come from arrays, texts among them, or from one table.
    @Test
    void columnsComeFromArraysOrATable() throws IOException {
        String model = OnnxFiles.path("columns.onnx");
        Cli arrays = predict(
                model, OnnxFiles.path("age.npy"), OnnxFiles.path("income.npy"), "city=" + OnnxFiles.path("city.npy"));
        assertThat(arrays.code()).as(arrays.err()).isZero();
        assertThat(arrays.out()).contains("label          string    [2]    yes, no");
        Path table = Files.writeString(
                temp.resolve("rows.csv"), "city,id,income,age\nOslo,1,2000,23\nRöm,2,3500,70\n,3,,41\n");
        Cli read = predict(model, table.toString(), "--json");
        assertThat(read.code()).as(read.err()).isZero();
        assertThat(read.out()).contains("\"shape\":[3],\"first\":[\"yes\",\"no\",");
        Files.writeString(table, "city,income\nOslo,2000\n");
        Cli lacking = predict(model, table.toString());
        assertThat(lacking.code()).isEqualTo(3);
        assertThat(lacking.err()).contains("rows.csv").contains("age");
        Cli typed = predict(model, OnnxFiles.path("city.npy"), OnnxFiles.path("income.npy"), OnnxFiles.path("age.npy"));
        assertThat(typed.code()).isEqualTo(3);
        assertThat(typed.err())
                .contains("city.npy: expects float32 [N×1] for input 'age', got texts [2×1]. To convert it:"
                        + " array.astype('float32')");
        Cli dense = predict(DENSE, table.toString());
        assertThat(dense.err()).contains("rows.csv: expects an array in NumPy's format (.npy), got ");
    }

    @Test
    void optionsOfRunsAndOfModelsAreToldApart() {
        Cli top = predict(DENSE, X, "--top", "1");
        assertThat(top.code()).isEqualTo(2);
        assertThat(top.err()).contains("--top: expects a run, got an ONNX model");
        Cli run = predict("runs/none", "--input", X);
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).contains("runs/none: expects a run's directory or a model file, got nothing");
        Cli nothing = predict("runs/none");
        assertThat(nothing.code()).isEqualTo(2);
        assertThat(nothing.err()).contains("Missing required parameter: 'FILE'");
    }

    @Test
    void moreElementsThanAreShownAreCounted() throws IOException {
        Path many = temp.resolve("many.npy");
        NpyArray.of(Npy.Type.F4, Shape.of(600, 3), new float[1800]).write(many);
        assertThat(predict(DENSE, many.toString()).out())
                .contains("[600×2]  0.5, 0.0, 0.5, 0.0, 0.5, 0.0, 0.5, 0.0, … of 1,200");
    }

    @Test
    void namesBecomeSafeNamesOfFiles() {
        assertThat(OutputFiles.safe("../../etc/passwd")).isEqualTo("_._.._etc_passwd");
        assertThat(OutputFiles.safe("/model/Größe.1-x")).isEqualTo("_model_Größe.1-x");
        assertThat(OutputFiles.safe("a\0b\nc d")).isEqualTo("a_b_c_d");
        assertThat(OutputFiles.safe("ab".repeat(200))).isEqualTo("ab".repeat(40));
        assertThat(OutputFiles.safe("a" + "\ud835\udd52".repeat(100))).hasSize(79);
    }
}
