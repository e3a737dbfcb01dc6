package dev.neurite.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.error.ResourceException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AtomicFileTest {
    @TempDir
    private Path temp;

    private static void write(Path file, String text) {
        AtomicFile.write(file, text.getBytes(UTF_8));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(temp)) {
            return all.map(each -> String.valueOf(each.getFileName())).sorted().toList();
        }
    }

    @Test
    void aFileIsReplacedAsAWhole() throws IOException {
        Path file = temp.resolve("file");
        write(file, "first");
        try (AtomicFile second = AtomicFile.open(file)) {
            second.channel().write(UTF_8.encode("second"));
            assertThat(file).hasContent("first");
            assertThat(second.isWhole()).isTrue();
        }
        assertThat(file).hasContent("first");
        write(file, "third");
        assertThat(file).hasContent("third");
        assertThat(names()).containsExactly("file");
    }

    /// The message says that there is an old file only where there is one.
    @Test
    void aFailureSaysWhatThereIs() throws IOException {
        Path file = temp.resolve("file");
        AtomicFile.Content broken = channel -> {
            channel.write(UTF_8.encode("part"));
            throw new IOException("No space left on device");
        };
        assertThatThrownBy(() -> AtomicFile.write(file, broken))
                .isInstanceOf(ResourceException.class)
                .hasMessage(file + ": cannot be written: No space left on device");
        assertThat(names()).isEmpty();
        write(file, "old");
        assertThatThrownBy(() -> AtomicFile.write(file, broken))
                .isInstanceOf(ResourceException.class)
                .hasMessage(file + ": cannot be written: No space left on device. The old file is unchanged");
        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void linksAreFollowedAndStay() throws IOException {
        Path there = Files.createDirectory(temp.resolve("there"));
        Path file = there.resolve("file");
        Path second = Files.createSymbolicLink(there.resolve("second"), Path.of("file"));
        Path link = Files.createSymbolicLink(temp.resolve("link"), Path.of("there/second"));
        for (String text : List.of("new, by a link to nothing", "replaced")) {
            write(link, text);
            assertThat(file).isRegularFile().hasContent(text);
            assertThat(link).isSymbolicLink();
            assertThat(second).isSymbolicLink();
        }
        assertThat(names()).containsExactly("link", "there");
        Path loop = Files.createSymbolicLink(temp.resolve("loop"), Path.of("loop"));
        assertThatThrownBy(() -> write(loop, "x"))
                .isInstanceOf(ResourceException.class)
                .hasMessageStartingWith(loop + ": cannot be written: ");
        Path nowhere = Files.createSymbolicLink(temp.resolve("nowhere"), Path.of("none/file"));
        assertThatThrownBy(() -> write(nowhere, "x"))
                .isInstanceOf(ResourceException.class)
                .hasMessage(nowhere + ": cannot be written: no such file or directory");
    }

    @Test
    void aPipeTakesTheBytesAndStays() throws Exception {
        Path pipe = temp.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "needs mkfifo");
        Path link = Files.createSymbolicLink(temp.resolve("link"), Path.of("pipe"));
        for (Path name : List.of(pipe, link)) {
            var read = CompletableFuture.supplyAsync(() -> {
                try {
                    return Files.readAllBytes(pipe);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            Tensor numbers = Tensor.of(Shape.of(2), 1.5f, -2);
            var content = new Safetensors(Map.of("by", "a pipe"), Map.of("x", numbers));
            content.write(name);
            Path copy = Files.write(temp.resolve("copy"), read.get(30, TimeUnit.SECONDS));
            assertThat(Safetensors.read(copy).tensors()).containsEntry("x", numbers);
            assertThat(Files.readAttributes(pipe, "isOther")).containsEntry("isOther", true);
        }
        assertThat(names()).containsExactly("copy", "link", "pipe");
    }

    @Test
    void aDeviceTakesTheBytesAndStays() throws IOException {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device), "needs /dev/null");
        Object before = Files.getAttribute(device, "unix:rdev");
        Path link = Files.createSymbolicLink(temp.resolve("link"), device);
        write(link, "lost");
        assertThat(link).isSymbolicLink();
        Files.delete(link);
        assertThat(Files.getAttribute(device, "unix:rdev")).isEqualTo(before);
        assertThat(Files.readAttributes(device, "isOther")).containsEntry("isOther", true);
    }

    @Test
    void aDirectoryAndASocketAreRefused() throws IOException {
        Path directory = Files.createDirectory(temp.resolve("directory"));
        assertThatThrownBy(() -> write(directory, "x"))
                .isInstanceOf(ResourceException.class)
                .hasMessage(directory + ": cannot be written: it is a directory");
        Path socket = temp.resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            assertThatThrownBy(() -> write(socket, "x"))
                    .isInstanceOf(ResourceException.class)
                    .hasMessage(socket + ": cannot be written: it is a socket");
        }
        assertThat(names()).containsExactly("directory", "socket");
    }
}
