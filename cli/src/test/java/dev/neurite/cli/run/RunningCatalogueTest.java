package dev.neurite.cli.run;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.softmax;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.cli.Cli;
import dev.neurite.cli.CliProcess;
import dev.neurite.cli.Main;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.DerivedDataset;
import dev.neurite.data.Prefetch;
import dev.neurite.data.table.Table;
import dev.neurite.datasets.Iris;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoints;
import dev.neurite.io.MetricsLog;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/// The catalogue of bad settings (rows 87 to 99) and of what may go wrong while a training runs (100 to 116), a case a
/// row, by its number: through the command line, and through the library where that has it. What needs a process of its
/// own, signals and kills, is in [InterruptedRunTest], and full disks are in `CheckpointsTest` and `LogsTest` too.
final class RunningCatalogueTest {
    private static final Dataset TRAIN = Iris.load().train();

    @TempDir
    static Path temp;

    private static Path iris;
    private static int runs;

    @BeforeAll
    static void train() {
        iris = temp.resolve("flowers");
        assertThat(Cli.run("train", "iris", "--epochs", "3", "--out", iris.toString())
                        .code())
                .isZero();
    }

    private static Path next(String name) {
        return temp.resolve(name + runs++);
    }

    private static void refused(int code, String message, String... words) {
        Cli cli = Cli.run(words);
        assertThat(cli.err()).contains(message);
        assertThat(cli.code()).isEqualTo(code);
        assertThat(cli.out()).isEmpty();
    }

    private static void config(int code, String message, String yaml) throws IOException {
        Path file = Files.writeString(next("config").resolveSibling("c" + runs++ + ".yaml"), yaml);
        Path out = next("refused");
        refused(code, message, "train", file.toString(), "--out", out.toString());
        assertThat(out).doesNotExist();
    }

    private static Trainer trainer() {
        return Trainer.of(Model.of(features(4), dense(5, SOFTMAX), dense(3)).initialize(1))
                .epochs(2)
                .threads(1);
    }

    private static float[] weights(Run run) {
        return run.model().parameters().toArray();
    }

    private static void late(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContaining(message);
    }

    /// Rows that run an action each time they are read.
    private static Dataset reading(Runnable also) {
        return new DerivedDataset() {
            @Override
            public Dataset source() {
                return TRAIN;
            }

            @Override
            public void readInput(int row, float[] array, int at) {
                also.run();
                TRAIN.readInput(row, array, at);
            }
        };
    }

    private static Dataset with(float value, int badRow) {
        return new DerivedDataset() {
            @Override
            public Dataset source() {
                return TRAIN;
            }

            @Override
            public void readInput(int row, float[] array, int at) {
                TRAIN.readInput(row, array, at);
                if (row == badRow) array[at] = value;
            }
        };
    }

    /// The classes that refer to a method which tells the date, of the jar or directory that this class is in.
    private static Stream<String> askForTheDate(Class<?> ofModule) throws Exception {
        Path place = Path.of(
                ofModule.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(place)) return askForTheDate(place);
        try (FileSystem jar = FileSystems.newFileSystem(place)) {
            return askForTheDate(jar.getPath("/"));
        }
    }

    private static Stream<String> askForTheDate(Path root) throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".class")).toList()) {
                ClassModel type = ClassFile.of().parse(Files.readAllBytes(file));
                boolean asks = StreamSupport.stream(type.constantPool().spliterator(), false)
                        .anyMatch(each -> each instanceof MemberRefEntry member && tellsTheDate(member));
                if (asks) names.add(type.thisClass().asInternalName());
            }
        }
        return names.stream();
    }

    private static boolean tellsTheDate(MemberRefEntry member) {
        String name = member.name().stringValue();
        return switch (member.owner().asInternalName()) {
            case "java/lang/System" -> name.equals("currentTimeMillis");
            case "java/util/Date", "java/util/Calendar", "java/time/Clock" -> true;
            case String owner -> owner.startsWith("java/time/") && name.equals("now");
        };
    }

    private static Map<Integer, Executable> rows() {
        Map<Integer, Executable> rows = new LinkedHashMap<>();
        rows.put(87, () -> config(2, "Did you mean 'layers'?", "data: iris\nnetwork: {layer: [3]}\n"));
        rows.put(88, () -> config(2, "epochs", "data: iris\nepochs: 3\nepochs: 4\n"));
        rows.put(89, () -> {
            config(2, "tag", "data: !!java.net.URL iris\n");
            String bomb = "a: &a [x, x]\nb: [" + "*a, ".repeat(60) + "*a]\n";
            config(2, "alias", bomb);
        });
        rows.put(90, () -> {
            config(2, "'no'", "data: no\n");
            Path out = next("yaml");
            Path file =
                    Files.writeString(temp.resolve("good.yaml"), "data: iris\nepochs: 010\noptimizer: {rate: 1e-3}\n");
            assertThat(Cli.run("train", file.toString(), "--out", out.toString())
                            .code())
                    .isZero();
            assertThat(Files.readString(out.resolve("config.yaml"))).contains("epochs: 10", "rate: 0.001");
        });
        rows.put(91, () -> {
            String[] bad = {"--lr 0", "--lr -1", "--lr NaN", "--lr 1e30", "--dropout 1", "--epochs 0"};
            for (String each : bad) refused(2, "expects", ("train iris " + each).split(" "));
            refused(2, "expects", "train", "iris", "--optimizer", "sgd", "--momentum", "1");
            assertThatThrownBy(() -> Optimizers.adam(Double.NaN)).isInstanceOf(ConfigException.class);
            assertThatThrownBy(() -> trainer().epochs(0)).isInstanceOf(ConfigException.class);
        });
        rows.put(92, () -> {
            refused(2, "lenet5", "train", "iris", "--model", "lenet5");
            assertThatThrownBy(() -> Model.of(features(4), dense(3), conv2d(2, 3)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("conv2d");
        });
        rows.put(93, () -> {
            assertThatThrownBy(() -> Trainer.of(Model.of(features(4), dense(3), softmax(), softmax()))
                            .fit(TRAIN))
                    .isInstanceOf(NeuriteException.class)
                    .hasMessageContaining("softmax");
            assertThatThrownBy(() -> Trainer.of(Model.of(features(4), dense(2))).fit(TRAIN))
                    .isInstanceOf(NeuriteException.class)
                    .hasMessageContaining("3");
        });
        rows.put(94, () -> {
            String out = iris.toString();
            refused(2, "expects a new or empty directory, got a run", "train", "iris", "--out", out);
            assertThat(Cli.run("train", "iris", "--epochs", "3", "--out", out, "--overwrite")
                            .code())
                    .isZero();
            refused(2, "a run that has not ended", "train", "--resume", out, "--epochs", "4");
        });
        rows.put(95, () -> {
            String usual = Cli.run("evaluate", iris.toString()).out();
            Locale before = Locale.getDefault();
            try {
                for (String tag : List.of("tr-TR", "de-DE", "ar-EG-u-nu-arab")) {
                    Locale.setDefault(Locale.forLanguageTag(tag));
                    assertThat(Cli.run("evaluate", iris.toString()).out()).isEqualTo(usual);
                }
            } finally {
                Locale.setDefault(before);
            }
        });
        rows.put(96, () -> {
            Map<String, String> dumb = Map.of("TERM", "dumb", "COLUMNS", "20", "LC_ALL", "C");
            Cli cli = Cli.onTerminal(
                    dumb,
                    "train",
                    "iris",
                    "--epochs",
                    "2",
                    "--out",
                    next("dumb").toString());
            assertThat(cli.code()).isZero();
            assertThat(cli.err()).doesNotContain("\u001b", "\r").contains("epoch=2 ");
        });
        rows.put(97, () -> {
            var gone = new PrintStream(
                    new OutputStream() {
                        @Override
                        public void write(int b) throws IOException {
                            throw new IOException("Broken pipe");
                        }
                    },
                    true,
                    StandardCharsets.UTF_8);
            var err = new ByteArrayOutputStream();
            String csv = "5.1,3.5,1.4,0.2\n".repeat(5000);
            var in = new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8));
            String[] words = {"predict", iris.toString(), "-"};
            assertThat(Main.run(words, gone, new PrintStream(err, true, StandardCharsets.UTF_8), in))
                    .isZero();
            assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("error", "\tat ");
        });
        rows.put(98, () -> {
            refused(2, "got ''", "train", "");
            Path odd = Files.writeString(temp.resolve("-x 😀.csv"), "5.1,3.5,1.4,0.2\n");
            assertThat(Cli.run("predict", iris.toString(), odd.toString()).code())
                    .isZero();
        });
        rows.put(99, () -> refused(3, "expects CSV, got an empty file", "predict", iris.toString(), "-"));
        rows.put(100, () -> {
            float[] before = trainer().model().parameters().toArray();
            List<float[]> seen = new ArrayList<>();
            Trainer trainer = trainer()
                    .shuffle(false)
                    .batchSize(120)
                    .callback(training ->
                            event -> seen.add(training.model().parameters().toArray()));
            assertThatThrownBy(() -> trainer.fit(with(Float.NaN, 3)))
                    .isInstanceOf(DivergedException.class)
                    .hasMessageContaining("epoch 1, batch 1");
            assertThat(seen).isNotEmpty().allSatisfy(each -> assertThat(each).isEqualTo(before));
            refused(
                    5,
                    "expects a finite loss",
                    "train",
                    "diabetes",
                    "--optimizer",
                    "sgd",
                    "--lr",
                    "1e9",
                    "--quiet",
                    "--out",
                    next("nan").toString());
        });
        rows.put(101, () -> {
            Trainer trainer = trainer().shuffle(false).batchSize(40).epochs(1);
            assertThatThrownBy(() -> trainer.fit(with(Float.POSITIVE_INFINITY, 50)))
                    .isInstanceOf(DivergedException.class);
            Run skipped = trainer.skipDiverged(1).fit(with(Float.POSITIVE_INFINITY, 50));
            assertThat(skipped.model().parameters().get("dense1.weight").isFinite())
                    .isTrue();
            refused(2, "--skip-diverged: expects at least 0", "train", "iris", "--skip-diverged", "-1");
        });
        rows.put(102, () -> {
            Path directory = next("exhausted");
            Trainer trainer = trainer().callback(Checkpoints.into(directory).everyEpochs(0));
            assertThatThrownBy(() -> trainer.listener(event -> {
                                if (event instanceof StepEnded step && step.step() == 3) throw new OutOfMemoryError();
                            })
                            .fit(TRAIN))
                    .isInstanceOf(OutOfMemoryError.class);
            var state =
                    Checkpoints.newest(directory, Catalog.standard(), _ -> {}).state();
            assertThat(weights(trainer().resume(state).fit(TRAIN)))
                    .isEqualTo(weights(trainer().fit(TRAIN)));
            Path run = next("huge");
            refused(6, "memory: expects", "train", "iris", "--layers", "40000,40000", "--out", run.toString());
            assertThat(run).doesNotExist();
        });
        rows.put(
                103,
                () -> { // a file is where the checkpoints' directory should be
                    Path directory = Files.writeString(next("full"), "no directory");
                    assertThatThrownBy(() -> trainer()
                                    .callback(Checkpoints.into(directory))
                                    .fit(TRAIN))
                            .isInstanceOf(dev.neurite.error.ResourceException.class)
                            .hasMessageContaining("cannot be created");
                    assertThat(directory).hasContent("no directory");
                });
        rows.put(
                104,
                () -> assertThatThrownBy(() -> trainer()
                                .callback(new dev.neurite.io.CsvLog(temp.resolve("no/such/log.csv"), _ -> {}))
                                .fit(TRAIN))
                        .isInstanceOf(
                                dev.neurite.error.ResourceException
                                        .class)); // before training; later it goes on, LogsTest
        rows.put(
                105,
                () -> { // what a kill inside a write leaves is no checkpoint, and goes
                    Path directory = Files.createDirectories(next("killed"));
                    float[] whole = weights(trainer().fit(TRAIN));
                    trainer()
                            .callback(Checkpoints.into(directory).everySteps(3).keep(1))
                            .epochs(1)
                            .epochs(2)
                            .fit(TRAIN);
                    Files.write(directory.resolve(".neurite-1f.tmp"), new byte[1000]);
                    var state = Checkpoints.newest(directory, Catalog.standard(), message -> {
                                throw new AssertionError(message);
                            })
                            .state();
                    assertThat(weights(trainer()
                                    .callback(Checkpoints.into(directory))
                                    .resume(state)
                                    .fit(TRAIN)))
                            .isEqualTo(whole);
                    assertThat(directory.resolve(".neurite-1f.tmp")).doesNotExist();
                });
        rows.put(
                106,
                () -> { // as a signal does it
                    Run run = trainer()
                            .listener(event -> {
                                if (event instanceof StepEnded)
                                    Thread.currentThread().interrupt();
                            })
                            .fit(TRAIN);
                    assertThat(Thread.interrupted()).isTrue();
                    assertThat(run.paused()).isTrue();
                });
        rows.put(107, () -> {
            Path file = Files.writeString(next("file"), "");
            String inside = file.resolve("run").toString();
            refused(6, "cannot be created", "train", "iris", "--quiet", "--out", inside);
        });
        rows.put(108, () -> {
            Path run = paused(next("locked"));
            try (var _ = new RunDirectory(run).lock()) {
                refused(6, "one process at a time", "train", "--resume", run.toString());
            }
        });
        rows.put(109, () -> {
            Path young = next("young"); // killed before its first checkpoint
            assertThat(Cli.run("train", "iris", "--epochs", "4", "--out", young.toString())
                            .code())
                    .isZero();
            Files.delete(young.resolve("model.safetensors"));
            refused(2, "epochs 2 instead of 4", "train", "--resume", young.toString(), "--epochs", "2");
            assertThat(Cli.run("train", "--resume", young.toString(), "--threads", "1")
                            .code())
                    .isZero();
            Path run = paused(next("others"));
            refused(2, "batch 8 instead of 16", "train", "--resume", run.toString(), "--batch", "8");
            refused(2, "expects no DATA", "train", "wine", "--resume", run.toString());
            Cli threads = Cli.run("train", "--resume", run.toString(), "--threads", "2");
            assertThat(threads.code()).as(threads.err()).isEqualTo(7); // its time limit pauses it again
        });
        rows.put(110, () -> {
            Path run = next("corrupt");
            Path checkpoints = run.resolve("checkpoints");
            List<String> words =
                    List.of("train", "iris", "--epochs", "4", "--checkpoint-every", "5", "--out", run.toString());
            assertThat(Cli.run(words.toArray(String[]::new)).code()).isZero();
            String whole = Files.readString(run.resolve("config.yaml"));
            assertThat(whole).contains("checkpoint-every: 5");
            byte[] model = Files.readAllBytes(run.resolve("model.safetensors"));
            Files.delete(run.resolve("model.safetensors"));
            Path newest = Checkpoints.files(checkpoints).getLast();
            byte[] bytes = Files.readAllBytes(newest);
            bytes[bytes.length / 2] ^= 4;
            Files.write(newest, bytes);
            Cli resumed = Cli.run("train", "--resume", run.toString());
            assertThat(resumed.code()).as(resumed.err()).isZero();
            assertThat(resumed.err()).contains("warning: ", "is damaged", "using the previous one");
            assertThat(Files.readAllBytes(run.resolve("model.safetensors"))).isEqualTo(model);
        });
        rows.put(111, () -> {
            Path directory = next("thrown");
            Trainer trainer = trainer().callback(Checkpoints.into(directory).everyEpochs(0));
            assertThatThrownBy(() -> trainer.listener(event -> {
                                if (event instanceof StepEnded step && step.step() == 5)
                                    throw new IllegalStateException("mine");
                            })
                            .fit(TRAIN))
                    .hasMessage("mine");
            var state =
                    Checkpoints.newest(directory, Catalog.standard(), _ -> {}).state();
            assertThat(weights(trainer().resume(state).fit(TRAIN)))
                    .isEqualTo(weights(trainer().fit(TRAIN)));
            Path lost = next("lost"); // data that cannot be read any more, before the first checkpoint
            var reads = new AtomicInteger();
            Dataset failing = reading(() -> {
                if (reads.incrementAndGet() > TRAIN.size() + 50) throw new IllegalStateException("the disk is gone");
            });
            assertThatThrownBy(() -> trainer().callback(Checkpoints.into(lost)).fit(failing))
                    .hasMessage("the disk is gone");
            var kept = Checkpoints.newest(lost, Catalog.standard(), _ -> {}).state();
            assertThat(weights(trainer().resume(kept).fit(TRAIN)))
                    .isEqualTo(weights(trainer().fit(TRAIN)));
        });
        rows.put(112, () -> {
            Thread.currentThread().interrupt();
            Run run = trainer().fit(TRAIN);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(run.stopReason()).hasValue("interrupted");
            assertThat(run.history().epochs()).isEmpty();
        });
        rows.put(
                113,
                () -> { // what steps back is the clock of the date, which measures nothing
                    List<String> classes = new ArrayList<>();
                    for (Class<?> each : List.of(MetricsLog.class, Iris.class, TrainingRun.class))
                        askForTheDate(each).forEach(classes::add);
                    assertThat(classes) // `t` of a line; a run's name; when an experiment and a run were exported
                            .containsExactlyInAnyOrder(
                                    "dev/neurite/io/MetricsLines",
                                    "dev/neurite/cli/run/RunDirectory",
                                    "dev/neurite/io/MlflowRun",
                                    "dev/neurite/io/MlflowStore");
                });
        rows.put(114, () -> {
            Model model = trainer().fit(TRAIN).model();
            float[][] inputs = new float[64][4];
            for (int i = 0; i < 64; i++) TRAIN.readInput(i, inputs[i], 0);
            float[][] serial = Arrays.stream(inputs).map(model::predict).toArray(float[][]::new);
            try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Callable<float[]>> calls = IntStream.range(0, 64)
                        .mapToObj(i -> (Callable<float[]>) () -> model.predict(inputs[i]))
                        .toList();
                var results = pool.invokeAll(calls);
                for (int i = 0; i < 64; i++) assertThat(results.get(i).get()).isEqualTo(serial[i]);
            }
        });
        rows.put(115, () -> {
            var session = trainer().begin(TRAIN);
            session.partialFit(reading(() -> late("one call at a time", () -> session.partialFit(TRAIN))));
            session.close();
            late("before close()", () -> session.partialFit(TRAIN));
            assertThat(session.model().predict(1, 2, 3, 4)).hasSize(3);
            Trainer trainer = trainer(); // which has no state: a training in another's callback is one of its own
            List<float[]> inner = new ArrayList<>();
            Run outer = trainer.listener(event -> {
                        if (event instanceof StepEnded step && step.step() == 3) inner.add(weights(trainer.fit(TRAIN)));
                    })
                    .fit(TRAIN);
            assertThat(inner).containsExactly(weights(outer));
            var learner = trainer().learner();
            learner.close();
            late("before close()", () -> learner.forward(Tensor.of(new float[][] {{1, 2, 3, 4}})));
            var prefetch = new Prefetch(new Batches(TRAIN, 8), 1);
            prefetch.close();
            late("closed", prefetch::begin);
            var table = Table.of(List.of("x"), new float[][] {{1}});
            table.close();
            late("before close()", () -> table.value(0, 0));
            Kernels kernels = Kernels.create(2);
            kernels.close(); // which ends its threads alone, as a model may outlive them
            assertThat(kernels.sum(Tensor.of(new float[][] {{1, 2}}))).isEqualTo(3);
        });
        rows.put(116, () -> {
            Path run = next("scalar");
            Process process = CliProcess.start(
                    temp, List.of(), "train", "iris", "--epochs", "3", "--json", "--out", run.toString());
            assertThat(process.waitFor()).isZero();
            assertThat(Files.readAllBytes(run.resolve("model.safetensors")))
                    .isEqualTo(Files.readAllBytes(iris.resolve("model.safetensors")));
        });
        return rows;
    }

    /// A run that has paused at its time limit, a second.
    private static Path paused(Path run) {
        Cli cli = Cli.run("train", "iris", "--epochs", "100000", "--time-limit", "1s", "--out", run.toString());
        assertThat(cli.out()).isEqualTo("paused: time limit of 1s\n");
        assertThat(cli.err()).contains("next   neurite train --resume " + run);
        assertThat(cli.code()).isEqualTo(7);
        return run;
    }

    @TestFactory
    Stream<DynamicTest> eachRowIsMetAsItSays() {
        Map<Integer, Executable> rows = rows();
        assertThat(rows.keySet())
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(87, 116).boxed().toList());
        return rows.entrySet().stream().map(each -> DynamicTest.dynamicTest("row " + each.getKey(), each.getValue()));
    }
}
