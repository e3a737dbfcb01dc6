package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Mistakes of users: each has an exit code and a message that says where and what.
final class BadInputTest {
    @TempDir
    static Path good;

    @TempDir
    Path temp;

    /// @param arguments given a directory with a good data set in `data` and a good run in `run`
    record Case(String name, int code, String message, Function<Path, List<String>> arguments) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case bad(String name, int code, String message, String... arguments) {
        return new Case(
                name,
                code,
                message,
                temp -> Arrays.stream(arguments)
                        .map(each -> each.replace("$", temp.toString()))
                        .toList());
    }

    /// Training on a data set of which one file is replaced.
    private static Case badFile(String name, String message, String file, byte[] content) {
        return new Case(name, 3, message, temp -> {
            Path data = TinyData.directory(temp.resolve("bad"));
            TinyData.write(data.resolve(file), content);
            return List.of(
                    "train", data.toString(), "--out", temp.resolve("new").toString());
        });
    }

    /// Evaluating a model file after a change.
    private static Case badModel(String name, String message, Function<byte[], byte[]> change) {
        return new Case(name, 4, message, temp -> {
            byte[] good = TinyData.read(temp.resolve("run/model.safetensors"));
            Path model = TinyData.write(temp.resolve("bad.safetensors"), change.apply(good));
            return List.of(
                    "evaluate", model.toString(), "--data", temp.resolve("data").toString());
        });
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] copy = bytes.clone();
        copy[at] ^= 1;
        return copy;
    }

    static Stream<Case> cases() {
        return Stream.of(data(), options(), models(), usage()).flatMap(each -> each);
    }

    private static Stream<Case> data() {
        byte[] images = TinyData.images(60);
        byte[] labels = TinyData.labels(60);
        byte[] large = labels.clone();
        large[8 + 7] = (byte) 3;
        byte[] html = "<!DOCTYPE html><html><body>Log in</body></html>".getBytes(StandardCharsets.UTF_8);
        return Stream.of(
                bad(
                        "missing directory",
                        3,
                        "nowhere: expects a directory of IDX files, got nothing",
                        "train",
                        "$/nowhere"),
                bad("directory without IDX files", 3, "expects a file train-images-idx3-ubyte", "train", "$/run"),
                bad(
                        "a file for a directory",
                        3,
                        "expects a directory of IDX files, got a file",
                        "train",
                        "$/data/" + TinyData.TRAIN_IMAGES),
                bad(
                        "unknown data set",
                        2,
                        "got 'fashon-mnist'. Did you mean 'fashion-mnist'?",
                        "train",
                        "fashon-mnist"),
                bad("unknown data set to evaluate", 2, "Did you mean 'iris'?", "evaluate", "$/run", "--data", "irsi"),
                badFile(
                        "truncated IDX",
                        TinyData.TRAIN_IMAGES + ": expects 376 bytes, got 300 bytes",
                        TinyData.TRAIN_IMAGES,
                        Arrays.copyOf(images, 300)),
                badFile("swapped images and labels", "seem to be swapped", TinyData.TRAIN_IMAGES, labels),
                badFile(
                        "test label out of range",
                        TinyData.TEST_LABELS + ", label 2: expects",
                        TinyData.TEST_LABELS,
                        Arrays.copyOf(withLabel(2, 9), 23)),
                badFile("fewer labels than images", "expects 60 labels", TinyData.TRAIN_LABELS, TinyData.labels(59)),
                badFile("HTML saved as .gz", "a web page (HTML)", TinyData.TRAIN_IMAGES, html),
                badFile(
                        "gzip cut short",
                        "ends too early",
                        TinyData.TRAIN_IMAGES,
                        Arrays.copyOf(TinyData.gzip(images), 60)));
    }

    private static byte[] withLabel(int row, int label) {
        byte[] labels = TinyData.labels(15);
        labels[8 + row] = (byte) label;
        return labels;
    }

    private static Stream<Case> options() {
        return Stream.of(
                bad("learning rate 0", 2, "learning rate: expects a number above 0", "train", "iris", "--lr", "0"),
                bad("learning rate NaN", 2, "learning rate: expects a number above 0", "train", "iris", "--lr", "NaN"),
                bad("learning rate nan", 2, "'--lr': expects a number, got 'nan'", "train", "iris", "--lr", "nan"),
                bad("learning rate with Java's suffix", 2, "expects a number, got '1f'", "train", "iris", "--lr", "1f"),
                bad("learning rate in base 16", 2, "a number, got '0x1p-3'", "train", "iris", "--lr", "0x1p-3"),
                bad("a truth that is none", 2, "got 'no'", "train", "iris", "--optimizer", "sgd:nesterov=no"),
                bad("negative learning rate", 2, "got -1.0", "train", "iris", "--optimizer", "sgd", "--lr", "-1"),
                bad("momentum 1", 2, "momentum: expects", "train", "iris", "--optimizer", "sgd", "--momentum", "1"),
                bad(
                        "too many shards",
                        2,
                        "--shards: expects at most 1,048,576 shards and accumulated batches a step, got 2,147,483,647",
                        "train",
                        "iris",
                        "--shards",
                        "2147483647"),
                bad(
                        "too many accumulated batches",
                        2,
                        "--accumulate: expects at most 1,048,576 shards and accumulated batches a step, got"
                                + " 2,147,483,647",
                        "train",
                        "iris",
                        "--accumulate",
                        "2147483647"),
                bad(
                        "too many of both",
                        2,
                        "--shards: expects at most 1,048,576 shards and accumulated batches a step, got 4,294,967,296",
                        "train",
                        "iris",
                        "--shards",
                        "65536",
                        "--accumulate",
                        "65536"),
                bad(
                        "momentum for Adam",
                        2,
                        "--optimizer with a setting momentum, got adam",
                        "train",
                        "iris",
                        "--momentum",
                        "0.5"),
                bad("unknown metric", 2, "--metrics rocauc: expects one of", "train", "iris", "--metrics", "f1,rocauc"),
                bad(
                        "unknown metric, nearly",
                        2,
                        "Did you mean 'roc-auc'?",
                        "evaluate",
                        "$/run",
                        "--metrics",
                        "roc_auc"),
                bad(
                        "no class to average",
                        2,
                        "--metrics f1-x: expects f1-macro|",
                        "train",
                        "iris",
                        "--metrics",
                        "f1-x"),
                bad("no metric", 2, "expects one of accuracy, ", "train", "iris", "--metrics", "f1,"),
                bad("more than all", 2, "top-4: expects at least 4 classes", "train", "iris", "--metrics", "top-4"),
                bad("no epochs", 2, "--epochs: expects at least 1, got 0", "train", "iris", "--epochs", "0"),
                bad("no batch", 2, "--batch: expects at least 1, got -1", "train", "iris", "--batch", "-1"),
                bad("no threads", 2, "--threads: expects 1 to 1024, got 0", "train", "iris", "--threads", "0"),
                bad("a layer of 0 units", 2, "--layers: expects", "train", "iris", "--layers", "64,0"),
                bad("a layer of x units", 2, "got '64,x'", "train", "iris", "--layers", "64,x"),
                bad(
                        "a layer too large",
                        2,
                        "expects at most 2³¹−1 elements",
                        "train",
                        "digits",
                        "--layers",
                        "2000000000"),
                bad(
                        "unknown activation",
                        2,
                        "got 'rleu'. Did you mean 'relu'?",
                        "train",
                        "iris",
                        "--activation",
                        "rleu"),
                bad("unknown optimizer", 2, "got 'adm'. Did you mean 'adam'?", "train", "iris", "--optimizer", "adm"),
                bad(
                        "learning rate 1e30",
                        2,
                        "learning rate: expects a number above 0 and below 1e10",
                        "train",
                        "iris",
                        "--lr",
                        "1e30"),
                bad(
                        "dropout 1",
                        2,
                        "dropout: expects a rate from 0 to below 1, got 1.0",
                        "train",
                        "iris",
                        "--dropout",
                        "1"),
                bad(
                        "input dropout NaN",
                        2,
                        "expects a rate from 0 to below 1, got NaN",
                        "train",
                        "iris",
                        "--input-dropout",
                        "NaN"),
                bad(
                        "2 weights for 3 classes",
                        2,
                        "expects a weight for each of 3 classes, got 2",
                        "train",
                        "iris",
                        "--class-weights",
                        "1,2",
                        "--out",
                        "$/new"),
                bad(
                        "one output for 3 classes",
                        2,
                        "--loss bce: expects data with 2 classes, got 3 classes",
                        "train",
                        "iris",
                        "--loss",
                        "bce",
                        "--out",
                        "$/new"),
                bad(
                        "names of no parameter",
                        2,
                        "group conv*: expects to match a trained parameter",
                        "train",
                        "iris",
                        "--freeze",
                        "conv*=1",
                        "--out",
                        "$/new"),
                bad(
                        "a range from 0",
                        2,
                        "--from, --to: expects 0 < from < to < 1e10, got 0.0",
                        "lr-range",
                        "iris",
                        "--from",
                        "0"),
                bad("a range of 1 step", 2, "--steps: expects at least 2, got 1", "lr-range", "iris", "--steps", "1"),
                bad("unknown kind to list", 2, "Did you mean 'optimizers'?", "list", "optimisers"),
                bad(
                        "--out is a file",
                        2,
                        "expects a directory, got a file",
                        "train",
                        "iris",
                        "--out",
                        "$/data/" + TinyData.TRAIN_IMAGES),
                bad(
                        "loss NaN",
                        5,
                        "(step ",
                        "train",
                        "$/data",
                        "--optimizer",
                        "sgd",
                        "--lr",
                        "1e9",
                        "--epochs",
                        "99",
                        "--out",
                        "$/new"),
                bad(
                        "loss NaN names the layer",
                        5,
                        "the first layer whose output is not finite is dense",
                        "train",
                        "$/data",
                        "--optimizer",
                        "sgd",
                        "--lr",
                        "1e9",
                        "--epochs",
                        "99",
                        "--out",
                        "$/new"));
    }

    private static Stream<Case> models() {
        return Stream.of(
                bad(
                        "missing run",
                        3,
                        "expects a run's directory or a model file, got nothing",
                        "evaluate",
                        "$/nowhere"),
                bad("directory that is no run", 3, "expects a run with model.safetensors", "evaluate", "$/data"),
                bad(
                        "data of another shape",
                        3,
                        "iris: expects rows of [1×2×3], got data of [4]. Use data like the",
                        "evaluate",
                        "$/run",
                        "--data",
                        "iris"),
                badModel("model cut short", "bad.safetensors", good -> Arrays.copyOf(good, good.length - 9)),
                badModel("model of 5 bytes", "bad.safetensors", good -> Arrays.copyOf(good, 5)),
                badModel("empty model", "bad.safetensors", _ -> new byte[0]),
                badModel("last byte flipped", "bad.safetensors", good -> flipped(good, good.length - 1)),
                badModel("byte of the header flipped", "bad.safetensors", good -> flipped(good, 150)),
                badModel("first byte flipped", "bad.safetensors", good -> flipped(good, 0)),
                badModel(
                        "something else",
                        "bad.safetensors",
                        _ -> "PK\3\4 no model at all".getBytes(StandardCharsets.UTF_8)));
    }

    private static Stream<Case> usage() {
        return Stream.of(
                bad("unknown command", 2, "Did you mean 'train'", "trian", "iris"),
                bad("unknown option", 2, "Did you mean '--epochs'?", "train", "iris", "--epoch", "3"),
                bad("learning rate in full", 2, "Did you mean '--lr'?", "train", "iris", "--learning-rate", "0.1"),
                bad("with its value", 2, "Did you mean '--lr'?", "train", "iris", "--learning-rate=0.1"),
                bad("an option elsewhere", 2, "'--learning-rate'. See 'neurite bench", "bench", "--learning-rate"),
                bad(
                        "text for a number",
                        2,
                        "expects a whole number up to 2147483647, got 'x'",
                        "train",
                        "iris",
                        "--epochs",
                        "x"),
                bad("epochs twice", 2, "only once", "train", "iris", "--epochs", "1", "--epochs", "2"),
                bad("a rate twice", 2, "'--lr' (RATE) should be", "train", "iris", "--lr", "1", "--lr", "2"),
                bad(
                        "a setting twice",
                        2,
                        "expects each setting once, got 'momentum' twice",
                        "train",
                        "iris",
                        "--optimizer",
                        "sgd:momentum=0.5,momentum=0.9"),
                bad(
                        "epochs with an exponent",
                        2,
                        "whole number up to 2147483647, got '1e0'",
                        "train",
                        "iris",
                        "--epochs",
                        "1e0"),
                bad("an empty name of data", 2, "an existing file or directory, got ''", "train", ""),
                bad("an empty name of a run", 3, "run: expects", "evaluate", ""),
                bad(
                        "an empty name of a file",
                        3,
                        "FILE: expects an IDX, NumPy, PNG, JPEG, CSV, Parquet, ARFF or SQL file",
                        "predict",
                        "$/run",
                        ""),
                bad(
                        "an empty directory name",
                        2,
                        "--out: expects a directory, got nothing",
                        "train",
                        "iris",
                        "--out",
                        ""),
                bad("an empty argument", 2, "Unmatched argument at index 2: ''", "train", "iris", ""),
                bad(
                        "a run that exists",
                        2,
                        "got a run. Choose another --out, or replace the run with --overwrite",
                        "train",
                        "iris",
                        "--out",
                        "$/run"),
                bad("a seed with a point", 2, "got '1.5'", "train", "iris", "--seed", "1.5"),
                bad("time in words", 2, "expects a number, got 'short'", "bench", "--seconds", "short"),
                bad(
                        "no data set",
                        2,
                        "DATA: expects a data set's name, a directory, a file, or a configuration, got nothing",
                        "train"),
                bad(
                        "unknown case to measure",
                        2,
                        "bench: expects a part of a case's name, as mlp-s or gemm, or NETWORK/bROWS with a network of"
                            + " mlp-tiny, mlp-s, mlp-m, mlp-l, lenet5, keras-cnn, vgg32, resnet20, lstm, gru, bilstm,"
                            + " encoder, gpt, resnet18, resnet50, mobilenet-v2, squeezenet or mlp:784-256-10, got"
                            + " 'mpl'. 'neurite bench --list' prints the names of all cases",
                        "bench",
                        "mpl"),
                bad(
                        "unknown optimizer to measure",
                        2,
                        "--optimizer: expects one of adam, sgd, got 'lion'",
                        "bench",
                        "mlp-tiny",
                        "--optimizer",
                        "lion"),
                bad(
                        "rounds of no time",
                        2,
                        "--seconds: expects a number above 0 and up to 60, got 0.0",
                        "bench",
                        "gemm/64",
                        "--seconds",
                        "0"),
                bad("rounds of NaN", 2, "got NaN", "bench", "gemm/64", "--seconds", "NaN"),
                bad("no threads to measure", 2, "--threads: expects 1 to 1024, got 0", "bench", "--threads", "0"),
                bad(
                        "nothing to profile",
                        2,
                        "--profile: expects a case that trains a network, one of mlp-tiny/b4, mlp-s/b32, mlp-s/b128,"
                                + " mlp-m/b128, mlp-l/b256,"
                                + " lenet5/b64, keras-cnn/b128, vgg32/b64, resnet20/b64, lstm/b64, gru/b64,"
                                + " bilstm/b64, encoder/b16, gpt/b8, got 'gemm'",
                        "bench",
                        "gemm",
                        "--profile"),
                bad("a case that only predicts", 2, "got 'mlp-s/b1'", "bench", "mlp-s/b1", "--profile"),
                bad("two parts", 2, "Unmatched argument", "bench", "mlp", "gemm"),
                bad("an example with a seed", 2, "--seed: is not for examples", "example", "xor", "--seed", "0"),
                bad("unknown example", 2, "expects one of identity, by-hand, xor, got 'or'", "example", "or"),
                bad("top 0", 2, "--top: expects at least 1, got 0", "predict", "$/run", "-", "--top", "0"));
    }

    @BeforeAll
    static void train() {
        TinyData.run(TinyData.directory(good.resolve("data")), good.resolve("run"));
    }

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> all = Files.walk(good)) {
            for (Path each : all.skip(1).toList()) Files.copy(each, temp.resolve(good.relativize(each)));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedWithItsExitCodeAndAMessageThatSaysWhere(Case each) {
        Cli result = Cli.run(each.arguments().apply(temp).toArray(String[]::new));
        assertThat(result.err()).contains("error: ").contains(each.message()).doesNotContain("\tat ");
        assertThat(result.code()).isEqualTo(each.code());
        assertThat(result.out()).isEmpty();
        if (each.code() != 5) assertThat(temp.resolve("new")).doesNotExist();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isToldAsJsonIfAsked(Case each) {
        List<String> arguments = Stream.concat(each.arguments().apply(temp).stream(), Stream.of("--json", "-q"))
                .toList();
        Cli result = Cli.run(arguments.toArray(String[]::new));
        assertThat(result.code()).isEqualTo(each.code());
        assertThat(result.out()).isEmpty();
        assertThat(JsonText.object(result.err())).containsOnlyKeys("error");
        assertThat(JsonText.object(result.err()).get("error"))
                .isInstanceOfSatisfying(
                        Map.class,
                        error -> assertThat(error.keySet().toString()).isEqualTo("[code, where, problem, hint]"));
    }

    /// Some bytes; `ModelFileTest` flips each of a model file.
    @Test
    void aByteFlippedInAModelFileIsNoticed() {
        byte[] bytes = TinyData.read(temp.resolve("run/model.safetensors"));
        Path bad = temp.resolve("bad.safetensors");
        for (int at = 0; at < bytes.length; at += 17) {
            TinyData.write(bad, flipped(bytes, at));
            assertThat(Cli.run("summary", bad.toString()).code())
                    .as("byte %d", at)
                    .isEqualTo(4);
        }
    }
}
