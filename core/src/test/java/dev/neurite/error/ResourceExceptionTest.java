package dev.neurite.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ResourceExceptionTest {
    @Test
    void aReasonHasNoNamesOfJava() {
        assertThat(Stream.of(
                                new AccessDeniedException("c.yaml"),
                                new NoSuchFileException("c.yaml"),
                                new FileAlreadyExistsException("c.yaml"),
                                new NotDirectoryException("c.yaml"),
                                new DirectoryNotEmptyException("c.yaml"),
                                new ClosedByInterruptException(),
                                new FileSystemException("c.yaml", null, "No space left on device"))
                        .map(ResourceException::reason))
                .containsExactly(
                        "no permission",
                        "no such file or directory",
                        "a file is in the way",
                        "not a directory",
                        "the directory is not empty",
                        "the thread was interrupted",
                        "no space left on device");
    }
}
