package dev.neurite.error;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/// A resource of the system that is missing, exhausted or not accessible: memory, disk space, permissions, a port.
public final class ResourceException extends NeuriteException {
    private static final long serialVersionUID = 1L;

    /// An exception without a hint.
    public ResourceException(String where, String problem) {
        super(where, problem, "");
    }

    /// An exception with a hint what to do.
    public ResourceException(String where, String problem, String hint) {
        super(where, problem, hint);
    }

    /// Says in plain words why a file could not be used.
    public static String reason(IOException problem) {
        return switch (problem) {
            case AccessDeniedException _ -> "no permission";
            case NoSuchFileException _ -> "no such file or directory";
            case FileAlreadyExistsException _ -> "a file is in the way";
            case NotDirectoryException _ -> "not a directory";
            case DirectoryNotEmptyException _ -> "the directory is not empty";
            case ClosedByInterruptException _ -> "the thread was interrupted";
            case FileSystemException system
            when system.getReason() != null ->
                String.valueOf(system.getReason()).toLowerCase(Locale.ROOT);
            default -> problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage();
        };
    }
}
