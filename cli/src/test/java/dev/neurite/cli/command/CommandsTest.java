package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.ErrorReporter;
import dev.neurite.data.StoredRows;
import dev.neurite.io.ModelFile;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandsTest {
    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "train",
                "lr-range",
                "check",
                "list",
                "init",
                "config",
                "search",
                "evaluate",
                "predict",
                "generate",
                "chat",
                "embed",
                "data",
                "summary",
                "export",
                "import",
                "convert",
                "ui",
                "runs",
                "example",
                "playground",
                "bench",
                "doctor",
                "help"
            })
    void everyCommandHasHelpWithExamples(String command) {
        Cli help = Cli.run(command, "--help");
        assertThat(help.code()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out()).contains("Usage: neurite " + command, "Examples:", "  neurite " + command, "--json");
        assertThat(help.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(110));
        assertThat(Cli.run("help", command).out()).isEqualTo(help.out());
    }

    @Test
    void withoutACommandItShowsItsHelp() {
        assertThat(Cli.run().out()).contains("Commands:", "Examples:", "Exit codes:");
        assertThat(Cli.run("help").out())
                .isEqualTo(Cli.run("--help").out())
                .isEqualTo(Cli.run().out());
    }

    @Test
    void saysWhichVersionItIs() {
        assertThat(Cli.run("--version").out()).startsWith("neurite ");
    }

    @Test
    void doctorComputesWhatAllMachinesCompute() {
        Cli doctor = Cli.run("doctor", "--seconds", "0");
        assertThat(doctor.out()).contains("java", "kernels", "heap", "self-test   passed");
        assertThat(doctor.code()).isZero();
        Map<String, Object> json = JsonText.object(
                Cli.run("doctor", "--json", "--threads", "3", "--seconds", "0").out());
        assertThat(json).containsEntry("self_test", "passed").containsEntry("threads", 3.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "by-hand", "xor"})
    void anExampleIsTextAndHasItsOwnSeeds(String name) {
        Cli json = Cli.run("example", name, "--json");
        assertThat(json.code()).isEqualTo(2);
        assertThat(json.out()).isEmpty();
        assertThat(JsonText.object(json.err()).get("error"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                .containsEntry("where", "--json")
                .containsEntry("problem", "is not for examples: they print text");
        Cli seeded = Cli.run("--seed", "0", "example", name);
        assertThat(seeded.code()).isEqualTo(2);
        assertThat(seeded.err()).startsWith("error: --seed: is not for examples");
        if (name.equals("by-hand")) assertThat(Cli.run("example", name).code()).isZero();
    }

    @Test
    void summaryShowsTheLayers() {
        Path data = TinyData.directory(temp.resolve("data"));
        String run = TinyData.run(data, temp.resolve("run")).toString();
        assertThat(Cli.run("summary", run).out())
                .contains("input [1×2×3]", "dense2", "83 parameters", "classes 0, 1, 2");
        Map<String, Object> json =
                JsonText.object(Cli.run("summary", run, "--json").out());
        assertThat(json).containsEntry("parameters", 83.0).containsKeys("layers", "weights");
    }

    @Test
    void aSummaryOfALengthHasItsMemory() {
        Path file = temp.resolve("model.safetensors");
        ModelFile.save(Model.of(Shape.of(Shape.OPEN, 4), Layers.lstm(3)), file);
        String model = file.toString();
        assertThat(Cli.run("summary", model).out()).contains("[?×4]", "depends on the length of sequences, --length N");
        assertThat(Cli.run("summary", model, "--length", "50").out())
                .contains("input [50×4]", "peak memory of training, batches of 32 by adam");
        assertThat(JsonText.object(
                        Cli.run("summary", model, "--length", "50", "--json").out()))
                .containsKey("training_peak_bytes");
        Cli wrong = Cli.run("summary", model, "--length", "0");
        assertThat(wrong.err()).contains("--length", "expects at least 1, got 0");
        ModelFile.save(Model.of(Shape.of(4), Layers.dense(3)), file);
        assertThat(Cli.run("summary", model, "--length", "50").err())
                .contains("expects a network that takes any length");
    }

    @Test
    void aTerminalSeesABarAndACiLogDoesNot() {
        String[] train = {"train", "iris", "--epochs", "2", "--out"};
        Cli seen = Cli.onTerminal(Map.of(), with(train, temp.resolve("a").toString()));
        assertThat(seen.err()).contains("\r", "epoch 1/2 ", "\u001b[K");
        Cli log = Cli.onTerminal(
                Map.of("CI", "true"), with(train, temp.resolve("b").toString()));
        assertThat(log.err()).contains("epoch=1 ").doesNotContain("\r", "\u001b");
    }

    private static String[] with(String[] arguments, String last) {
        String[] longer = java.util.Arrays.copyOf(arguments, arguments.length + 1);
        longer[arguments.length] = last;
        return longer;
    }

    @Test
    void optionsOfAllCommandsMayStandBeforeTheCommand() {
        String one = temp.resolve("a").toString();
        String two = temp.resolve("b").toString();
        Cli before = Cli.run("--json", "--seed", "5", "-q", "train", "iris", "--epochs", "1", "--out", one);
        Cli after = Cli.run("train", "iris", "--epochs", "1", "--out", two, "--json", "--seed", "5", "-q");
        assertThat(before.err()).isEmpty();
        assertThat(JsonText.object(before.out()).get("weights"))
                .isEqualTo(JsonText.object(after.out()).get("weights"));
    }

    @Test
    void aBugShowsItsTraceAndAskForAReport() {
        var err = new ByteArrayOutputStream();
        var io = new Console(
                new PrintStream(new ByteArrayOutputStream()),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(new byte[0]),
                Map.of(),
                false,
                false,
                false);
        assertThat(new ErrorReporter(io, false, false).report(new IllegalStateException("oops")))
                .isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("error: ", "oops", "This is a bug", "\tat ");
        assertThat(new ErrorReporter(io, false, false).report(new OutOfMemoryError()))
                .isEqualTo(6);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("NEURITE_JAVA_OPTS=-Xmx");
        err.reset();
        assertThat(new ErrorReporter(io, false, false).report(fault())).isEqualTo(3);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("error: data: expects files that do not change", "cut short")
                .doesNotContain("bug", "\tat ");
    }

    /// The error of the JVM for a mapped file that was cut short.
    private InternalError fault() {
        Path file = TinyData.write(temp.resolve("mapped"), new byte[1 << 20]);
        StoredRows rows = StoredRows.map(file, 0, 1 << 10, 1 << 10, StoredRows.Numbers.BYTES);
        TinyData.write(file, new byte[0]);
        try {
            for (int row = 0; row < rows.count(); row++) rows.read(row, new float[1 << 10], 0);
        } catch (InternalError e) {
            return e;
        }
        throw new AssertionError("the file's bytes are still there");
    }

    @Test
    void aShellCanCompleteCommandsAndOptions() {
        Cli script = Cli.run("completion");
        assertThat(script.code()).isZero();
        assertThat(script.out()).startsWith("#!/usr/bin/env bash").contains("complete -F", "--time-limit", "lr-range");
    }

    @Test
    void helpFitsIntoTheTerminal() {
        Cli help = Cli.onTerminal(java.util.Map.of("COLUMNS", "70"), "train", "--help");
        assertThat(help.out().lines().filter(line -> line.length() > 70)).isEmpty();
        Cli all = Cli.onTerminal(java.util.Map.of("COLUMNS", "70"), "help", "train", "--all");
        assertThat(all.out().lines().filter(line -> line.length() > 70)).isEmpty();
    }

    @Test
    void theHelpOfTrainFirstShowsTheOptionsThatMatter() {
        String help = Cli.run("train", "--help").out();
        assertThat(help).isEqualTo(Cli.run("help", "train").out());
        assertThat(help.lines().filter(line -> line.startsWith("      --"))).hasSize(ShortHelp.FIRST.size());
        assertThat(help).contains("neurite help train --all").doesNotContain("--clip-norm");
        assertThat(help.lines().count()).isLessThan(80);
    }

    @Test
    void theSummaryOfARunEstimatesMemoryForItsBatchSize(@org.junit.jupiter.api.io.TempDir java.nio.file.Path temp) {
        String run = temp.resolve("run").toString();
        assertThat(Cli.run("train", "iris", "--epochs", "1", "--batch", "24", "--out", run)
                        .code())
                .isZero();
        assertThat(Cli.run("summary", run).out()).contains("batches of 24 by adam");
        assertThat(Cli.run("summary", run + "/model.safetensors").out()).contains("batches of 32 by adam");
    }
}
