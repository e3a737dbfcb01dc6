package dev.neurite.cli.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Runs that are deleted, and what is not.
final class RunsRemoveTest {
    @TempDir
    private Path temp;

    private SampleRuns runs;

    @BeforeEach
    void make() {
        runs = new SampleRuns(temp.resolve("runs"));
    }

    private void refused(int code, String message, String... words) {
        Cli cli = Cli.run(runs.words(words));
        assertThat(cli.err()).contains(message);
        assertThat(cli.code()).isEqualTo(code);
    }

    @Test
    void severalRunsAreDeletedWholeAndOthersStay() throws IOException {
        Path a = runs.make("a", 0.5);
        Path checkpoints = Files.createDirectory(a.resolve("checkpoints"));
        Files.writeString(checkpoints.resolve("step-000000024-epoch-000005.safetensors"), "x");
        Files.writeString(checkpoints.resolve("best.safetensors"), "x");
        Files.createFile(a.resolve(".lock"));
        Files.writeString(a.resolve("spark.log"), "x");
        Path b = runs.make("b", 0.5);
        Path c = runs.make("c", 0.5);
        Cli removed = Cli.ok(runs.words("rm", "a", b.toString(), "a", "--yes"));
        assertThat(removed.err()).isEqualTo("deleted " + a + "\ndeleted " + b + "\n");
        assertThat(a).doesNotExist();
        assertThat(b).doesNotExist();
        assertThat(c.resolve("model.safetensors")).exists();
    }

    @Test
    void nothingIsDeletedWithoutAWord() throws IOException {
        Path a = runs.make("a", 0.5);
        refused(2, "--yes: expects it where nobody can be asked, got none", "rm", "a");
        assertThat(answered("n\n", "rm", "a")).endsWith("Delete " + a + "? [y/N] nothing is deleted\n");
        assertThat(answered("", "rm", "a")).contains("nothing is deleted");
        assertThat(a.resolve("model.safetensors")).exists();
        assertThat(answered("y\n", "rm", "a")).contains("deleted " + a);
        assertThat(a).doesNotExist();
    }

    private String answered(String answer, String... words) {
        Cli cli = Cli.answering(answer, runs.words(words));
        assertThat(cli.code()).isZero();
        return cli.err();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aRunThatIsTrainedStaysAndSoDoOthersOfTheCommand() throws IOException {
        Path a = runs.make("a", 0.5);
        Path b = runs.make("b", 0.5);
        try (FileChannel channel =
                        FileChannel.open(b.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            refused(6, "b: expects a run that no process trains, got one that is being trained", "rm", "a", "b", "-y");
        }
        assertThat(a.resolve("model.safetensors")).exists();
        assertThat(b.resolve("model.safetensors")).exists();
    }

    @Test
    void whatIsNoRunStays() throws IOException {
        Path a = runs.make("a", 0.5);
        Path mine = Files.writeString(a.resolve("thesis.txt"), "mine");
        refused(2, "expects a directory that holds only a run, got one with thesis.txt", "rm", "a", "--yes");
        assertThat(a.resolve("model.safetensors")).exists();
        Files.delete(mine);
        Path checkpoints = Files.createDirectories(a.resolve("checkpoints/more"));
        refused(2, "got one with checkpoints", "rm", "a", "--yes");
        assertThat(checkpoints).exists();
        Path config = Files.createDirectories(runs.directory().resolve("mine")).resolve("config.yaml");
        Files.writeString(config, "epochs: 1\n");
        refused(2, "got one without metrics.jsonl", "rm", "mine", "--yes");
        Path search = runs.make("search", 0.5);
        Files.writeString(search.resolve("trials.jsonl"), "{}\n");
        refused(2, "got one with trials.jsonl", "rm", "search", "--yes");
        Path other = Files.createDirectories(temp.resolve("other"));
        refused(3, "got a directory that is no run", "rm", other.toString(), "--yes");
        refused(3, "got a directory that is no run", "rm", a.resolve("..").toString(), "--yes");
        refused(3, "got a file", "rm", config.toString(), "--yes");
        refused(3, "got nothing of that name", "rm", "", "--yes");
        refused(3, "expects a run's directory", "rm", "..", "--yes");
        refused(3, "expects a run's directory", "rm", ".", "--yes");
        assertThat(config).exists();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void linksAreNotFollowed() throws IOException {
        Path a = runs.make("a", 0.5);
        Path outside = new SampleRuns(temp.resolve("elsewhere")).make("b", 0.5);
        Path link = Files.createSymbolicLink(runs.directory().resolve("link"), outside);
        refused(3, "expects a run's directory", "rm", "link", "--yes");
        refused(3, "got a link", "rm", link.toString(), "--yes");
        Path checkpoints = Files.createSymbolicLink(a.resolve("checkpoints"), outside);
        refused(2, "got one with checkpoints", "rm", "a", "--yes");
        Files.delete(checkpoints);
        Files.delete(a.resolve("model.safetensors"));
        Files.createSymbolicLink(a.resolve("model.safetensors"), outside.resolve("model.safetensors"));
        refused(2, "got one with model.safetensors", "rm", "a", "--yes");
        Files.delete(a.resolve("model.safetensors"));
        Files.createSymbolicLink(a.resolve(".lock"), temp.resolve("made"));
        refused(2, "got one with .lock", "rm", "a", "--yes");
        assertThat(temp.resolve("made")).doesNotExist();
        assertThat(outside.resolve("model.safetensors")).exists();
    }

    @Test
    void aRunThatAnotherBeganWithIsNamed() throws IOException {
        Path a = runs.make("a", 0.5);
        Path b = runs.make("b", 0.5);
        Files.writeString(
                b.resolve("config.yaml"),
                Files.readString(b.resolve("config.yaml"))
                        .replace("[8]", "[8]\n  from: a/checkpoints/best.safetensors"));
        assertThat(Cli.ok(runs.words("rm", "a", "--yes")).err())
                .startsWith("note: b began with the weights of " + a + ", and cannot be trained anew without them\n");
        assertThat(a).doesNotExist();
    }
}
